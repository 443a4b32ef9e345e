import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connections

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.policy.rules import VISITOR, Permission, Viewer
from hengneng.kernel.states import EventOutOfTurn
from hengneng.protocol.national import CollectItem
from hengneng.registry.points import queries as points
from hengneng.registry.terminals import operations, queries
from hengneng.registry.terminals.models import Terminal
from hengneng.registry.terminals.states import TerminalState
from hengneng.registry.units.queries import UnknownUnit

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
HERE, ELSEWHERE = "192.0.2.1", "192.0.2.9"
WAITING = operations.Outcome.WAITING
OFFICIAL = Viewer(account_id=5, city=frozenset({Permission.ADMIT_TERMINAL}))


@pytest.fixture(autouse=True)
def nothing_remembered():
    queries.forget()


@pytest.fixture
def ask(unit):
    def register(address=HERE, *, code=unit.code, certificate=None, device_id=None, at=AT):
        return operations.ask_to_register(
            unit_code=code,
            source_address=address,
            certificate_sha256=certificate,
            region="310000",
            device_id=device_id,
            at=at,
        )

    return register


@pytest.fixture
def issued_id(ask, unit):
    """The id of a terminal at HERE that was admitted and has fetched it."""
    ask()
    operations.admit(unit_code=unit.code, by=5, at=AT)
    return ask().device_id


def states_of(unit):
    return [
        (TerminalState(t.state), t.source_address, t.is_contested)
        for t in Terminal.objects.filter(unit=unit).order_by("id")
    ]


def actions():
    return list(Entry.objects.order_by("sequence").values_list("action", flat=True))


class TestAskToRegister:
    def test_the_first_request_waits(self, ask, unit):
        assert ask() == (WAITING, unit.id, None)

        assert states_of(unit) == [(TerminalState.PENDING, HERE, False)]

    def test_asking_again_is_the_same_request(self, ask, unit):
        ask()
        later = AT + timedelta(hours=1)

        assert ask(at=later).outcome is WAITING

        terminal = Terminal.objects.get()
        assert (terminal.requested_at, terminal.asked_at) == (AT, later)

    def test_an_unknown_unit_is_said(self, ask):
        with pytest.raises(UnknownUnit):
            ask(code="91310000MA1FL99999")

    def test_the_admitted_registrant_gets_its_id_once(self, ask, unit):
        ask()
        operations.admit(unit_code=unit.code, by=5, at=AT)

        answer = ask(at=AT + timedelta(hours=24))

        assert answer.outcome is operations.Outcome.ISSUED
        assert len(bytes.fromhex(answer.device_id)) == 16
        terminal = Terminal.objects.get()
        assert terminal.state == TerminalState.ISSUED
        assert bytes(terminal.secret_sha256) == queries.digest_of(answer.device_id)
        assert ask(at=AT + timedelta(hours=25)).outcome is WAITING
        assert states_of(unit)[1] == (TerminalState.PENDING, HERE, True)

    def test_after_its_time_the_admission_lapses(self, ask, unit):
        ask()
        operations.admit(unit_code=unit.code, by=5, at=AT)

        answer = ask(at=AT + timedelta(hours=24, microseconds=1))

        assert answer == (WAITING, unit.id, None)
        assert states_of(unit) == [
            (TerminalState.LAPSED, HERE, False),
            (TerminalState.PENDING, HERE, False),
        ]

    def test_another_address_gets_nothing_from_the_admission(self, ask, unit):
        ask()
        operations.admit(unit_code=unit.code, by=5, at=AT)

        assert ask(ELSEWHERE) == (WAITING, unit.id, None)

        assert states_of(unit) == [
            (TerminalState.ADMITTED, HERE, False),
            (TerminalState.PENDING, ELSEWHERE, True),
        ]

    def test_the_same_address_with_another_certificate_gets_nothing(self, ask, unit):
        ask(certificate=b"a" * 32)
        operations.admit(unit_code=unit.code, by=5, at=AT)

        assert ask().outcome is WAITING
        assert ask(certificate=b"b" * 32).outcome is WAITING
        assert ask(ELSEWHERE, certificate=b"a" * 32).outcome is operations.Outcome.ISSUED

    def test_an_id_that_holds_is_confirmed(self, ask, unit, issued_id):
        answer = ask(ELSEWHERE, device_id=issued_id)

        assert answer == (operations.Outcome.KNOWN, unit.id, issued_id)
        assert len(states_of(unit)) == 1

    def test_an_id_of_another_unit_is_not(self, ask, other_unit, issued_id):
        assert ask(code=other_unit.code, device_id=issued_id).outcome is WAITING

    def test_a_revoked_id_is_not(self, ask, issued_id):
        operations.revoke(terminal_id=Terminal.objects.get().id, reason="lost", by=5, at=AT)

        assert ask(device_id=issued_id).outcome is WAITING

    def test_no_more_than_twenty_wait(self, ask):
        for i in range(20):
            ask(f"192.0.2.{i}")

        with pytest.raises(operations.TooManyPending):
            ask("192.0.2.20")

        assert ask("192.0.2.0").outcome is WAITING

    def test_each_step_is_recorded_once(self, ask, unit, issued_id):
        ask(ELSEWHERE)
        ask(ELSEWHERE)

        assert actions() == [
            "terminal.requested", "terminal.admitted", "terminal.issued", "terminal.requested",
        ]  # fmt: skip
        assert issued_id not in str(list(Entry.objects.values()))


@pytest.mark.django_db(transaction=True)
def test_requests_at_the_same_moment_are_one(ask, unit):
    def run():
        ask()
        connections.close_all()

    threads = [threading.Thread(target=run) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert states_of(unit) == [(TerminalState.PENDING, HERE, False)]


class TestAdmit:
    def test_takes_the_oldest_request(self, ask, unit):
        ask(ELSEWHERE, at=AT)
        ask(HERE, at=AT + timedelta(minutes=1))

        operations.admit(unit_code=unit.code, by=5, at=AT)

        assert states_of(unit) == [
            (TerminalState.ADMITTED, ELSEWHERE, False),
            (TerminalState.PENDING, HERE, True),
        ]

    def test_says_that_none_waits(self, unit):
        with pytest.raises(operations.NothingPending):
            operations.admit(unit_code=unit.code, by=5, at=AT)

    def test_a_refused_request_cannot_be_admitted(self, ask, unit):
        ask()
        terminal_id = Terminal.objects.get().id
        operations.refuse(terminal_id=terminal_id, reason="not ours", by=5, at=AT)

        with pytest.raises(operations.NothingPending):
            operations.admit(terminal_id=terminal_id, by=5, at=AT)

        assert states_of(unit) == [(TerminalState.REFUSED, HERE, False)]


class TestRefuse:
    @pytest.fixture
    def refused(self, ask):
        ask()
        number = Terminal.objects.get().id
        return operations.refuse(terminal_id=number, reason=" not ours ", by=5, at=AT)

    def test_keeps_why_with_the_terminal_and_in_the_log(self, refused, unit):
        (row,) = queries.terminals_of(unit.id)

        assert (row.state, row.ended_reason) == (TerminalState.REFUSED, "not ours")
        assert Entry.objects.get(action="terminal.refused").details == {
            "unit": unit.code, "source_address": HERE, "reason": "not ours",
        }  # fmt: skip

    @pytest.mark.parametrize("reason", ["", " \n"])
    def test_needs_a_reason(self, ask, unit, reason):
        ask()

        with pytest.raises(operations.NoReason):
            operations.refuse(terminal_id=Terminal.objects.get().id, reason=reason, by=5, at=AT)

        assert states_of(unit) == [(TerminalState.PENDING, HERE, False)]

    @pytest.mark.parametrize("state", [TerminalState.REFUSED, TerminalState.REVOKED])
    def test_the_database_knows_none_without_a_reason(self, ask, state):
        ask()

        with pytest.raises(IntegrityError):
            Terminal.objects.update(state=state)

    def test_answers_the_same_registrant_for_a_day(self, refused, ask, unit):
        again = ask(at=AT + timedelta(hours=24))

        assert again.outcome is operations.Outcome.REFUSED
        assert states_of(unit) == [(TerminalState.REFUSED, HERE, False)]

    def test_lets_it_ask_anew_after_that(self, refused, ask, unit):
        ask(at=AT + timedelta(hours=24, seconds=1))

        assert states_of(unit) == [
            (TerminalState.REFUSED, HERE, False),
            (TerminalState.PENDING, HERE, False),
        ]

    def test_speaks_for_no_other_registrant(self, refused, ask, unit):
        assert ask(ELSEWHERE).outcome is operations.Outcome.WAITING

        assert states_of(unit)[1:] == [(TerminalState.PENDING, ELSEWHERE, False)]


class TestRevoke:
    def test_the_id_no_longer_speaks(self, issued_id, unit):
        terminal = Terminal.objects.get()
        assert queries.terminal_by_secret(issued_id) == (terminal.id, unit.id, unit.code)

        operations.revoke(terminal_id=terminal.id, reason="lost", by=5, at=AT)

        assert queries.terminal_by_secret(issued_id) is None
        assert queries.terminals_of(unit.id)[0].ended_reason == "lost"

    def test_another_process_heeds_it_within_five_seconds(self, issued_id, monkeypatch):
        assert queries.terminal_by_secret(issued_id) is not None
        Terminal.objects.update(state=TerminalState.REVOKED, ended_reason="lost")

        start = queries.time.monotonic()
        monkeypatch.setattr(queries.time, "monotonic", lambda: start + 5.0)

        assert queries.terminal_by_secret(issued_id) is None

    def test_a_waiting_terminal_has_nothing_to_revoke(self, ask):
        ask()

        with pytest.raises(EventOutOfTurn):
            operations.revoke(terminal_id=Terminal.objects.get().id, reason="lost", by=5, at=AT)


class TestAwaiting:
    def test_shows_contested_requests_first(self, ask, unit):
        ask(HERE)
        ask(ELSEWHERE, at=AT + timedelta(hours=1))

        rows = queries.awaiting(OFFICIAL)

        assert [(r.source_address, r.is_contested) for r in rows] == [
            (ELSEWHERE, True),
            (HERE, False),
        ]
        assert rows[0].unit_code == unit.code

    def test_shows_a_visitor_nothing(self, ask):
        ask()

        assert queries.awaiting(VISITOR) == []


class TestConfigure:
    @pytest.fixture
    def configure(self, issued_id):
        def take_in(*items, is_new=True):
            return operations.configure(
                terminal_id=Terminal.objects.get().id, items=items, is_new=is_new, at=AT
            )

        return take_in

    def test_proposes_each_code_once(self, configure, unit):
        item = CollectItem("0000000002330011", "总电", {"statType": "0"})

        version = configure(item, item._replace(fields={"statType": "1"}))

        assert version == 1
        proposals = points.proposals_of(unit.id)
        assert [(p.key, p.name) for p in proposals] == [("N:0000000002330011", "总电")]

    def test_the_same_again_is_no_new_version(self, configure, unit):
        configure()
        configure(is_new=False)

        assert queries.terminals_of(unit.id)[0].config_version == 1


class TestTakeOver:
    def row(self, unit):
        return operations.Registrant(unit.id, HERE, "310101")

    def test_gives_each_terminal_its_id(self, unit):
        (secret,) = operations.take_over(rows=[self.row(unit)], by=5, at=AT)

        assert queries.terminal_by_secret(secret).unit_id == unit.id
        assert states_of(unit) == [(TerminalState.ISSUED, HERE, False)]
        assert actions()[-1] == "terminals.taken_over"

    def test_keeps_no_secret(self, unit):
        (secret,) = operations.take_over(rows=[self.row(unit)], by=5, at=AT)

        (kept,) = Terminal.objects.filter(unit=unit).values_list("secret_sha256", flat=True)
        assert bytes(kept) == queries.digest_of(secret)

    def test_the_terminal_is_known_when_it_registers(self, unit, ask):
        (secret,) = operations.take_over(rows=[self.row(unit)], by=5, at=AT)

        assert ask(device_id=secret).outcome is operations.Outcome.KNOWN

    def test_refuses_a_unit_that_a_terminal_asked_for(self, unit, ask):
        ask()

        with pytest.raises(operations.AlreadyAsked):
            operations.take_over(rows=[self.row(unit)], by=5, at=AT)

    def test_refuses_a_unit_named_twice(self, unit):
        with pytest.raises(operations.AlreadyAsked):
            operations.take_over(rows=[self.row(unit)] * 2, by=5, at=AT)

        assert states_of(unit) == []
