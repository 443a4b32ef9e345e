"""Equipping rates and accuracy classes: forms B.8 and B.9."""

from collections import Counter
from collections.abc import Collection, Mapping
from typing import NamedTuple

from hengneng.registry.equipping import queries as equipping
from hengneng.registry.equipping.queries import AccuracyCheck, Equipping, Requirement
from hengneng.reporting.ledgers.queries.asked import Asked
from hengneng.reporting.ledgers.rules import words
from hengneng.reporting.ledgers.rules.filling import Classed, Equipped

_NOT_LISTED = "（标准未列）"


class Told(NamedTuple):
    """How the unit is equipped.

    Attributes:
        equipped: Each level of each energy type.
        classed: Its instruments against the accuracy asked of them.
        notes: What must be said below each form, by its number.
    """

    equipped: list[Equipped]
    classed: list[Classed]
    notes: dict[str, tuple[str, ...]]


def told(asked: Asked, names: Mapping[str, tuple[str, str]], indicators: Collection[str]) -> Told:
    """Return how the unit is equipped.

    Args:
        asked: Of which unit and day.
        names: Energy type to its name and unit of measure.
        indicators: Codes of what is measured and is no energy.
    """
    found = equipping.equipping_of(asked.unit_id, at=asked.at, as_of=asked.as_of)
    requirements = [one for one in found.requirements if one.energy_type_id not in indicators]
    checks = [one for one in found.checks if one.energy_type_id not in indicators]
    equipped = [
        Equipped(names[one.energy_type_id][0], one.level, one.required, one.need, one.have)
        for one in requirements
    ]
    reasons = [reason for one in requirements if (reason := _reason(one, names))]
    unstated = len(found.unstated)
    lacking = (
        (f"{unstated}个次级用能单位或用能设备未登记用能需求，仅统计其已计量的部分。",)
        if unstated
        else ()
    )
    notes = {
        "B.8": (*_standing(found, "配备率"), *lacking, *reasons),
        "B.9": _standing(found, "准确度等级"),
    }
    return Told(equipped, _classed(checks, names), notes)


def _reason(one: Requirement, names: Mapping[str, tuple[str, str]]) -> str:
    """Return why a figure of a requirement lacks; empty where none does."""
    if one.need is not None and one.required is not None:
        return ""
    where = f"{names[one.energy_type_id][0]}，{words.LEVELS[one.level]}"
    return f"{where}：{words.BECAUSE[one.because]}。"


def _standing(found: Equipping, what: str) -> tuple[str, ...]:
    """Return what must be said of the edition that the figures are held against."""
    if found.rule_set is None:
        return (f"{found.day.isoformat()}没有适用的 GB 17167 版本，未作判定。",)
    if found.rule_set.is_empty():
        return (f"{found.rule_set.edition} 的{what}要求尚未载入平台，未作判定。",)
    if not found.is_verified:
        return (f"{what}要求依据 {found.rule_set.edition}，尚未与标准原文核对。",)
    return ()


def _classed(
    checks: Collection[AccuracyCheck], names: Mapping[str, tuple[str, str]]
) -> list[Classed]:
    """Return alike instruments in one line each, in the order of the checks."""
    counted = Counter(_alike(check, names) for check in checks)
    return [one._replace(instruments=count) for one, count in counted.items()]


def _alike(check: AccuracyCheck, names: Mapping[str, tuple[str, str]]) -> Classed:
    """Return the line of an instrument's check, not yet counted."""
    return Classed(
        energy=names[check.energy_type_id][0],
        kind=check.name or _NOT_LISTED,
        level=check.level,
        required="；".join(dict.fromkeys(limit.worst for limit in check.limits)),
        held=words.class_held(check.held, certificate=check.certificate),
        instruments=0,
        verdict=words.VERDICTS[check.verdict],
        reason=words.BECAUSE[check.because],
    )
