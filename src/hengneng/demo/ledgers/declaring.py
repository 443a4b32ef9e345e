"""What single units declare of their ledgers, as ``declaring.toml`` has it."""

import tomllib
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from importlib import resources
from typing import Any

from hengneng.demo import city, people
from hengneng.demo.ledgers import telling
from hengneng.demo.plan import Plan
from hengneng.kernel import clock
from hengneng.registry.declarations import operations as declarations
from hengneng.registry.declarations import rules
from hengneng.registry.energy.operations import Document

_LINE = "Document of the demo city, invented."


def declare(unit_ids: Mapping[str, int], *, plan: Plan, at: datetime) -> None:
    """Let units declare what is to change in their ledgers, and officials decide on some.

    Args:
        unit_ids: The units' ids by code.
        plan: The days of the history.
        at: When it is declared. Aware.
    """
    text = (resources.files("hengneng.demo.ledgers") / "declaring.toml").read_text("utf-8")
    for table in tomllib.loads(text)["declaration"]:
        day = clock.date_of(plan.today - table["days_ago"])
        name = table.get("proof", "")
        there = declarations.declare(
            unit_id=unit_ids[_unit(table)],
            content=rules.read(table["kind"], table["content"] | _days(table["kind"], day)),
            proof=Document(name, _paper()) if name else None,
            person_name=table.get("person", ""),
            by=None,
            at=at,
        )
        _decide(there.pk, table, at=at)


def _unit(table: Mapping[str, Any]) -> str:
    """Return the code of the unit that declares."""
    if table["whose"] == "plant":
        return people.plant().code
    if table["whose"] == "reviewed":
        return city.units()[int(table["which"])].code
    return telling.punctual("industrial")[int(table["which"])].code


def _days(kind: str, day: date) -> dict[str, str]:
    """Return since when it is so; a heat value holds for the month before the day's."""
    if kind != rules.Kind.HEAT_VALUE:
        return {"valid_from": day.isoformat()}
    until = day.replace(day=1)
    first = (until - timedelta(days=1)).replace(day=1)
    return {"first": first.isoformat(), "until": until.isoformat()}


def _decide(declaration_id: int, table: Mapping[str, Any], *, at: datetime) -> None:
    """Send a declaration back or withdraw it, where that became of it."""
    decided = table.get("decided", "")
    if decided == "SENT_BACK":
        declarations.send_back(
            declaration_id=declaration_id, seen_at=at, reason=table["reason"], by=None, at=at
        )
    elif decided == "WITHDRAWN":
        declarations.withdraw(declaration_id=declaration_id, by=None, at=at)


def _paper() -> bytes:
    """Return a document of one page that says what it is: PDF 1.4, by hand."""
    sheet = "/MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >>"
    page = f"BT /F1 14 Tf 72 720 Td ({_LINE}) Tj ET"
    parts = (
        "<< /Type /Catalog /Pages 2 0 R >>",
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        f"<< /Type /Page /Parent 2 0 R /Contents 4 0 R {sheet} >>",
        f"<< /Length {len(page)} >>\nstream\n{page}\nendstream",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    )
    body, places = "%PDF-1.4\n", []
    for number, part in enumerate(parts, start=1):
        places.append(len(body))
        body += f"{number} 0 obj\n{part}\nendobj\n"
    table = "".join(f"{place:010} 00000 n \n" for place in places)
    count = len(parts) + 1
    return (
        f"{body}xref\n0 {count}\n0000000000 65535 f \n{table}"
        f"trailer\n<< /Size {count} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    ).encode("ascii")
