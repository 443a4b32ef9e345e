"""Lists brought by the API, as the tests bring, try and commit them."""

from datetime import UTC, datetime

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests import two_districts

from hengneng.kernel.imports import operations

AT = datetime(2026, 11, 23, 4, tzinfo=UTC)
OWN, FOREIGN, FRESH = "91310000MA1FL00016", "91310000MA1FL00024", "91310000MA1FL00030"
START = "/api/v1/imports"
HEAD = "统一社会信用代码,单位名称,单位地址"


def listing(*rows, head=HEAD):
    return "\n".join([head, *rows]).encode()


GOOD = listing(f"{OWN},甲大饭店,", f"{FRESH},丙厂,")
BAD = listing(f"{OWN},甲大饭店,", "9131,丙厂,南京路 2 号")


def holder(role, city):
    account = two_districts.account(role, city.own)
    return account, Client(headers={"authorization": f"Bearer {two_districts.token(account)}"})


def bring(client, body=GOOD, name="a.csv", kind="units"):
    return client.post(START, {"kind": kind, "file": SimpleUploadedFile(name, body)})


def brought(client, **said):
    """Return the address of the import."""
    answer = bring(client, **said)
    assert answer.status_code == 201, answer.content
    return f"{START}/{answer.json()['id']}"


def number(address):
    return int(address.rpartition("/")[2])


def tried(client, address):
    assert client.post(f"{address}/commit").status_code == 202
    operations.try_out(run_id=number(address), at=AT)
    return client.get(address).json()


def committed(client, address):
    assert client.post(f"{address}/commit?dry_run=false").status_code == 202
    operations.carry_out(run_id=number(address), at=AT)
    return client.get(address).json()
