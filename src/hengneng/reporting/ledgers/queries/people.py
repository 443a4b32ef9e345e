"""The staff of form B.1."""

from collections.abc import Iterable

from hengneng.kernel.personal.queries import Shown
from hengneng.registry.units import queries as units
from hengneng.registry.units.queries import ContactRow
from hengneng.reporting.ledgers.queries.asked import Asked
from hengneng.reporting.ledgers.rules import words
from hengneng.reporting.ledgers.rules.filling import Staff

_SAID = {
    Shown.MASKED: "个人信息已按规定遮蔽，完整信息由有权限的人员在平台查阅。",
    Shown.ERASED: "部分人员的个人信息已按期限销毁。",
    Shown.LOCKED: "个人信息主密钥不在数据目录中，姓名等无法显示。",
}


def staff(asked: Asked, *, whole: bool) -> tuple[list[Staff], tuple[str, ...]]:
    """Return who works on energy metering at the unit, and what must be said below the form.

    Args:
        asked: Of which unit and day.
        whole: Whether persons are shown whole; else masked.
    """
    contacts = units.contacts_of(
        asked.unit_id,
        whole=whole,
        roles=tuple(words.STAFF_ROLES),
        at=asked.at,
        as_of=asked.as_of,
    )
    return [_staff(one) for one in contacts], _notes(contacts)


def _staff(one: ContactRow) -> Staff:
    """Return a person as the form lists them."""
    person = one.person
    contact = " ".join(text for text in (person.phone, person.email) if text)
    post = one.post or words.STAFF_ROLES[one.role]
    return Staff(person.name, post, contact, one.training, person.certificate)


def _notes(contacts: Iterable[ContactRow]) -> tuple[str, ...]:
    """Return what must be said of persons who are not shown whole."""
    shown = {one.person.shown for one in contacts}
    return tuple(text for how, text in _SAID.items() if how in shown)
