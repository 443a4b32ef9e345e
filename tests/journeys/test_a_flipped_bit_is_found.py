"""Whatever is changed in the record behind the platform's back, ``verify-log`` finds and names.

Each change is made in the running product's own tables, by one who may write there, and taken back
after the look.
"""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import psycopg
import pytest
from tests import inside, wire
from tests.product import Platform
from tests.wire import RECEIVED, Client

CODE = "00-00-0000-023300-11"
DAY = datetime(2026, 5, 1)  # noqa: DTZ001 - as the city's clocks show it
MESSAGES = 5


class Sealed(NamedTuple):
    """A unit whose messages and entries are all sealed."""

    platform: Platform
    unit_id: int
    sequences: list[int]
    entry: int


@pytest.fixture(scope="module")
def sealed(platform: Platform) -> Sealed:
    """A unit with some messages of which one is in the middle, sealed after each."""
    code = inside.unit_code(31)
    inside.enter_units(platform, [code])
    terminal = inside.admitted(platform, code, Client(platform.base_url))
    # Whatever went before is sealed apart, so that each message here has links of its own.
    wire.until(lambda: is_sealed(platform), seconds=30, what="sealed")
    for n in range(MESSAGES):
        row = wire.increment(CODE, DAY + timedelta(minutes=15 * n), f"{n}.5")
        assert terminal.send_increments([row]).json == RECEIVED
        wire.until(lambda: is_sealed(platform), seconds=30, what="sealed")
    found = inside.rows(
        platform,
        "SELECT unit_id, sequence FROM journal_message WHERE unit_id ="
        " (SELECT id FROM units_unit WHERE code = %s) ORDER BY sequence",
        code,
    )
    ((entry,),) = inside.rows(
        platform,
        "SELECT sequence FROM audit_entry WHERE action = 'terminal.admitted'"
        " ORDER BY sequence DESC LIMIT 1",
    )
    assert len(found) == MESSAGES
    return Sealed(platform, found[0][0], [sequence for _, sequence in found], entry)


def is_sealed(platform: Platform) -> bool:
    """Answer whether every message and every entry is in its chain."""
    ((open_rows,),) = inside.rows(
        platform,
        "SELECT (SELECT coalesce(max(sequence), 0) FROM journal_message)"
        " - (SELECT coalesce(max(upto), 0) FROM audit_link WHERE chain = 'messages')"
        " + (SELECT max(sequence) FROM audit_entry)"
        " - (SELECT coalesce(max(upto), 0) FROM audit_link WHERE chain = 'entries')",
    )
    return open_rows == 0


def verify(platform: Platform) -> tuple[int, list[str]]:
    """Return the exit code of ``verify-log`` and what it names."""
    done: subprocess.CompletedProcess[str] = platform.try_to_run("verify-log", "--json")
    return done.returncode, list(json.loads(done.stdout)["broken"])


@contextmanager
def changed(platform: Platform, table: str, *changes: str) -> Iterator[None]:
    """Change a table behind the platform's back; afterwards every row is again what it was."""
    with psycopg.connect(inside.address(platform), autocommit=True) as connection:

        def run(statement: str) -> None:
            connection.execute(statement)  # type: ignore[call-overload]

        run(f"CREATE TEMPORARY TABLE untouched AS TABLE {table}")
        try:
            with connection.transaction():
                for change in changes:
                    assert connection.execute(change).rowcount  # type: ignore[call-overload]
            yield
        finally:
            with connection.transaction():
                # Whatever the product wrote meanwhile stays: only what was there comes back.
                run(f"DELETE FROM {table} WHERE sequence <= (SELECT max(sequence) FROM untouched)")
                run(f"INSERT INTO {table} SELECT * FROM untouched")


def flipped(column: str, bit: str) -> str:
    """Return the column with one bit of it flipped."""
    return f"set_bit({column}, {bit}, 1 - get_bit({column}, {bit}))"


def test_an_untouched_record_is_whole(sealed):
    assert verify(sealed.platform) == (0, [])


class TestInTheJournal:
    def test_a_bit_of_a_body_first_middle_or_last(self, sealed):
        bits = ("0", "(length(body) * 4)::bigint", "(length(body) * 8 - 1)::bigint")
        changes = [
            f"UPDATE journal_message SET body = {flipped('body', bit)} WHERE sequence = {at}"
            for bit, at in zip(bits, sealed.sequences, strict=False)
        ]
        with changed(sealed.platform, "journal_message", *changes):
            code, broken = verify(sealed.platform)

        assert code == 1
        assert [sentence.partition(": its body ")[0] for sentence in broken] == [
            f"unit {sealed.unit_id}, message {at}" for at in sealed.sequences[:3]
        ]

    def test_a_bit_of_a_digest(self, sealed):
        at = sealed.sequences[2]
        change = f"UPDATE journal_message SET sha256 = {flipped('sha256', '100')}"
        with changed(sealed.platform, "journal_message", f"{change} WHERE sequence = {at}"):
            code, broken = verify(sealed.platform)

        assert code == 1
        assert broken == [
            f"unit {sealed.unit_id}, message {at}: its body is not what its SHA-256 was made of",
            unlike("messages", at),
            unlike(f"unit:{sealed.unit_id}", at),
        ]

    def test_messages_taken_away_in_the_middle_and_at_the_end(self, sealed):
        gone = [sealed.sequences[2], sealed.sequences[-1]]
        change = f"DELETE FROM journal_message WHERE sequence IN ({gone[0]}, {gone[1]})"
        with changed(sealed.platform, "journal_message", change):
            code, broken = verify(sealed.platform)

        assert code == 1
        assert broken == [f"message {at} is missing" for at in gone] + [
            f"chain {chain}, link up to {at}: it was made over 1 rows, of which 0 are there"
            for chain in ("messages", f"unit:{sealed.unit_id}")
            for at in gone
        ]

    def test_two_messages_that_changed_places(self, sealed):
        one, other = sealed.sequences[1], sealed.sequences[3]
        change = (
            "UPDATE journal_message AS here SET body = there.body, sha256 = there.sha256"
            " FROM journal_message AS there"
            f" WHERE (here.sequence, there.sequence) IN (({one}, {other}), ({other}, {one}))"
        )
        with changed(sealed.platform, "journal_message", change):
            code, broken = verify(sealed.platform)

        assert code == 1
        assert broken == [
            unlike(chain, at)
            for chain in ("messages", f"unit:{sealed.unit_id}")
            for at in (one, other)
        ]

    def test_a_message_given_to_another_time(self, sealed):
        at = sealed.sequences[2]
        change = (
            "UPDATE journal_message SET recorded_at = recorded_at - interval '1 microsecond'"
            f" WHERE sequence = {at}"
        )
        with changed(sealed.platform, "journal_message", change):
            code, broken = verify(sealed.platform)

        assert code == 1
        assert broken == [unlike("messages", at), unlike(f"unit:{sealed.unit_id}", at)]


class TestInTheAudit:
    def test_what_entries_tell(self, sealed):
        changes = [
            "details = replace(details::text, '127.0.0.1', '127.0.0.3')::jsonb",
            "at = at + interval '1 microsecond'",
            '"by" = 1',
            "subject = translate(subject, ':', ';')",
            "action = 'terminal.refused'",
            "recorded_at = recorded_at - interval '1 microsecond'",
        ]
        entries = range(sealed.entry + 1, sealed.entry + 1 - len(changes), -1)
        statements = [
            f"UPDATE audit_entry SET {change} WHERE sequence = {entry}"
            for change, entry in zip(changes, entries, strict=True)
        ]
        with changed(sealed.platform, "audit_entry", *statements):
            code, broken = verify(sealed.platform)

        assert code == 1
        assert [sentence.partition(" (")[0] for sentence in broken] == [
            f"entry {entry}" for entry in sorted(entries)
        ]
        assert all(
            sentence.endswith("its row is not what its digest was made of") for sentence in broken
        )

    def test_a_bit_of_an_entrys_digest(self, sealed):
        change = f"UPDATE audit_entry SET digest = {flipped('digest', '255')}"
        change += f" WHERE sequence = {sealed.entry}"
        with changed(sealed.platform, "audit_entry", change):
            code, broken = verify(sealed.platform)

        assert code == 1
        assert broken[0].startswith(f"entry {sealed.entry} (terminal.admitted, terminal:")
        assert [link.split(",")[0] for link in broken[1:]] == ["chain entries"]

    def test_an_entry_taken_away(self, sealed):
        change = f"DELETE FROM audit_entry WHERE sequence = {sealed.entry}"
        with changed(sealed.platform, "audit_entry", change):
            code, broken = verify(sealed.platform)

        assert code == 1
        assert broken[0] == f"entry {sealed.entry} is missing"
        assert broken[1].startswith("chain entries, link up to ")


def unlike(chain: str, upto: int) -> str:
    """Return what is said of a link over one row that is no longer what it was."""
    return f"chain {chain}, link up to {upto}: its 1 rows, or the link, are not what was sealed"


def test_it_is_said_to_a_person_too(sealed):
    at = sealed.sequences[-1]
    change = f"UPDATE journal_message SET sha256 = {flipped('sha256', '0')} WHERE sequence = {at}"
    with changed(sealed.platform, "journal_message", change):
        done: Any = sealed.platform.try_to_run("verify-log")

    assert done.returncode == 1
    assert "BROKEN (3):" in done.stdout
    assert f"unit {sealed.unit_id}, message {at}: its body is not" in done.stdout
