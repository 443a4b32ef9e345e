"""Files on their way, as the tests bring, try and commit them."""

from datetime import UTC, datetime

from hengneng.kernel.imports import operations, queries

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
LI, WANG = 7, 8
GOOD = "单位代码,编号,名称,备注\nU1,A1,水表,x\nU1,A2,气表,\nU1,A2,气表,\n合计,3\n".encode()
BAD = "单位代码,编号,名称\nU1,A1,?\nU1,A2,气表\nU1,,水表\n".encode()


def receive(body=GOOD, **said):
    return operations.receive(kind="meters", name="a.csv", body=body, by=LI, at=AT, **said).pk


def tried(run_id):
    operations.ask_to_try(run_id=run_id, by=LI, at=AT)
    operations.try_out(run_id=run_id, at=AT)
    return view(run_id)


def committed(run_id):
    operations.ask_to_commit(run_id=run_id, by=LI, at=AT)
    operations.carry_out(run_id=run_id, at=AT)
    return view(run_id)


def view(run_id, account_id=LI):
    return queries.run(run_id, account_id=account_id, at=AT)


def outcomes(run_id, change):
    return queries.outcomes(run_id, change, account_id=LI)
