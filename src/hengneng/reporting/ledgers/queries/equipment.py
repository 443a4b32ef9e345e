"""The main equipment of form B.2."""

from hengneng.registry.equipment import queries as equipment
from hengneng.registry.equipment.queries import MainConsumer
from hengneng.registry.equipment.rules.consumers import Standing
from hengneng.registry.equipment.rules.editions import RuleSet
from hengneng.reporting.ledgers.queries.asked import Asked
from hengneng.reporting.ledgers.rules import words
from hengneng.reporting.ledgers.rules.filling import Machine

_EQUIPMENT = "EQUIPMENT"


def machines(
    asked: Asked, names: dict[str, tuple[str, str]]
) -> tuple[list[Machine], tuple[str, ...]]:
    """Return the unit's main equipment, and what must be said below it.

    Equipment of which it cannot be told whether it is main is listed and says so.

    Args:
        asked: Of which unit and day.
        names: Energy type to its name and unit of measure.
    """
    try:
        rules = equipment.rule_set_on(asked.on, as_of=asked.as_of)
    except equipment.UnknownEdition:
        rows = equipment.consumers_of(asked.unit_id, at=asked.at, as_of=asked.as_of)
        known = [MainConsumer(row, {}) for row in rows]
        notes: tuple[str, ...] = (f"{asked.on.isoformat()}没有适用的 GB 17167 版本，未作判定。",)
    else:
        known = equipment.main_consumers(asked.unit_id, at=asked.at, as_of=asked.as_of)
        notes = _standing(rules)
    of_kind = [one for one in known if one.consumer.kind == _EQUIPMENT]
    shown = [(one, _main(one)) for one in of_kind]
    return [_machine(one, main, names) for one, main in shown if main], notes


def _main(one: MainConsumer) -> str:
    """Return whether it is main equipment; empty where it is not."""
    standings = set(one.standings.values())
    if Standing.MAIN in standings:
        return "是"
    return "" if standings == {Standing.NOT_MAIN} else "未判定"


def _machine(one: MainConsumer, main: str, names: dict[str, tuple[str, str]]) -> Machine:
    """Return equipment as the form lists it."""
    row = one.consumer
    codes = dict.fromkeys(need.energy_type_id for need in row.demands)
    needs = [f"{words.short(need.amount)} {need.measure}" for need in row.demands]
    return Machine(
        name=row.name,
        model=row.model,
        code=row.code,
        energy="；".join(names[code][0] for code in codes),
        demand="；".join(needs),
        place=row.place,
        main=main,
    )


def _standing(rules: RuleSet) -> tuple[str, ...]:
    """Return what must be said of the thresholds."""
    if not rules.thresholds:
        return (f"{rules.edition} 的限值尚未载入平台，无法判定主要用能设备。",)
    if not all(threshold.verified for threshold in rules.thresholds):
        return (f"主要用能设备按 {rules.edition} 的限值判定，该限值尚未与标准原文核对。",)
    return ()
