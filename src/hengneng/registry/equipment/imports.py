"""Lists of sub-units and equipment with what they need."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts.drafts import Draft
from hengneng.kernel.imports import cells
from hengneng.kernel.imports.rules import Change, Column, Decision, Row
from hengneng.registry.equipment import queries
from hengneng.registry.equipment.models import Consumer, ConsumerKind, Demand, Particulars
from hengneng.registry.equipment.rules import consumers as rules
from hengneng.registry.equipment.rules import measures
from hengneng.registry.units import queries as units

BEGINNING = cells.moment("2000-01-01")
_KINDS = {
    "sub_unit": ConsumerKind.SUB_UNIT,
    "次级用能单位": ConsumerKind.SUB_UNIT,
    "主要次级用能单位": ConsumerKind.SUB_UNIT,
    "次级": ConsumerKind.SUB_UNIT,
    "equipment": ConsumerKind.EQUIPMENT,
    "用能设备": ConsumerKind.EQUIPMENT,
    "主要用能设备": ConsumerKind.EQUIPMENT,
    "设备": ConsumerKind.EQUIPMENT,
}
_MEASURES = {name.lower(): name for name in measures.MEASURES} | {
    "千瓦": "kW",
    "兆瓦": "MW",
    "m³/h": "m3/h",
    "m³/a": "m3/a",
    "吨/时": "t/h",
    "吨/小时": "t/h",
    "吨/年": "t/a",
    "立方米/时": "m3/h",
    "立方米/小时": "m3/h",
    "立方米/年": "m3/a",
    "吉焦/年": "GJ/a",
    "千瓦时/年": "kWh/a",
}
# Columns that hold the field's own text, those that name another consumer, and all.
_PLAIN = ("name", "kind", "model", "place")
_HANGS = {"parent_code": "parent_id", "metered_with": "metered_with_id"}
_FIELDS = {**{name: name for name in _PLAIN}, "site_code": "site_id", **_HANGS}
BLANK: Mapping[str, Any] = {
    "name": "",
    "kind": "",
    "model": "",
    "place": "",
    "site_id": None,
    "parent_id": None,
    "metered_with_id": None,
}
_Key = tuple[int, str]  # a unit and the code of its consumer


class NeedOf(NamedTuple):
    """Whose demand of what in which measure.

    Attributes:
        number: The consumer; below zero where it has no row yet.
        energy_type_id: The energy type.
        measure: What it is told in.
    """

    number: int
    energy_type_id: str
    measure: str


class _Told(Draft[Particulars]):
    """What consumers are; one without a row yet is named by a number below zero."""

    def name_made(self, made: Mapping[Hashable, int]) -> None:
        """Name the consumers made meanwhile by their rows.

        Args:
            made: Number below zero to row.
        """
        for version in (one for versions in self._versions.values() for one in versions):
            for field in _HANGS.values():
                named = getattr(version, field)
                setattr(version, field, made.get(named, named))

    def spans(self) -> dict[int, list[rules.HungSpan]]:
        """Return how each consumer would hang on others."""
        return {
            number: [
                rules.HungSpan(
                    rules.Hung(number, one.kind, one.parent_id, one.metered_with_id),
                    one.valid_from,
                    one.valid_until,
                )
                for one in versions
            ]
            for number, versions in self._versions.items()
            if isinstance(number, int)
        }


class _Needed(Draft[Demand]):
    """What consumers need, by energy type and measure."""

    def __init__(self, numbers: Iterable[int]) -> None:
        super().__init__(Demand, key="consumer_id", subjects={n: n for n in numbers})
        together = [one for versions in self._versions.values() for one in versions]
        self._versions.clear()
        for one in together:
            need = NeedOf(one.consumer_id, one.energy_type_id, one.measure)
            self._versions[need].append(one)


class EquipmentImporter:
    """A list of sub-units and equipment; one of several energy types has a row for each.

    A row speaks of its time until the next change known; blank cells leave what is known.
    """

    kind = "equipment"
    is_own = False  # a unit keeps all of it itself, so its own list is taken like any other
    columns: tuple[Column, ...] = (
        Column(
            "unit_code",
            "统一社会信用代码",
            True,
            "the unit's 18 characters",
            cells.text(18),
            ("社会信用代码", "信用代码"),
        ),
        Column(
            "code",
            "编号",
            True,
            "the unit's short name of it",
            cells.text(40),
            ("设备编号", "次级单位编号", "管理编号"),
        ),
        Column("name", "名称", True, "its name", cells.text(120), ("设备名称", "次级用能单位名称")),
        Column("kind", "类别", True, "SUB_UNIT or EQUIPMENT", cells.choice(_KINDS), ("设备类别",)),
        Column("model", "型号", False, "its model", cells.text(80), ("型号规格", "规格型号")),
        Column(
            "place",
            "安装地点",
            False,
            "where in the site it stands",
            cells.text(200),
            ("位置", "安装使用地点"),
        ),
        Column("site_code", "场所编号", False, "one of the unit's sites", cells.text(20)),
        Column(
            "parent_code",
            "所属次级用能单位编号",
            False,
            "code of what it belongs to, known or in a row above",
            cells.text(40),
            ("上级编号", "所属编号"),
        ),
        Column(
            "metered_with",
            "合并计量编号",
            False,
            "code of the one whose meter stands for it too",
            cells.text(40),
            ("合并计量",),
        ),
        Column(
            "energy_type",
            "能源品种",
            False,
            "code or Chinese name, like 电力; with amount and measure",
            cells.text(60),
            ("能源种类", "用能种类"),
        ),
        Column(
            "amount",
            "数量",
            False,
            "rated power or flow, or an amount a year",
            cells.number,
            ("额定功率", "额定耗量", "年用量"),
        ),
        Column(
            "measure",
            "计量单位",
            False,
            f"what the amount is told in: {', '.join(measures.MEASURES)}",
            cells.choice(_MEASURES),
            ("单位",),
        ),
        Column(
            "valid_from",
            "起始时间",
            False,
            "local date or time since when it is so; default 2000-01-01",
            cells.moment,
            ("投用日期", "启用日期"),
        ),
    )

    def decide(self, rows: Sequence[Row], *, at: datetime) -> list[Decision]:  # noqa: ARG002  the protocol's
        """Tell what each row would do; six queries, however many rows."""
        self._read(rows)
        decisions = [self._decision(row) for row in rows]
        faulty = self._faulty()
        for place, row in enumerate(rows):
            if decisions[place].change is not Change.REFUSED and self._key(row) in faulty:
                decisions[place] = _refused(row, faulty[self._key(row)])
        self._counts = Counter(decision.change for decision in decisions)
        return decisions

    def carry_out(self, *, by: int | None, at: datetime) -> None:
        """Write what was decided; seven queries, however many rows."""
        fresh = {key: number for key, number in self._numbers.items() if number < 0}
        made = Consumer.objects.bulk_create(
            Consumer(unit_id=unit_id, code=code) for unit_id, code in fresh
        )
        rows: dict[Hashable, int] = {
            number: one.pk for number, one in zip(fresh.values(), made, strict=True)
        }
        rows |= {number: number for number in self._numbers.values() if number > 0}
        self._told.name_made(rows)
        self._told.write(rows)
        self._needed.write({need: rows[need.number] for need in self._needs})
        details = {change.value.lower(): count for change, count in self._counts.items()}
        audit.record("consumers.imported", subject="consumers", by=by, at=at, details=details)

    def _read(self, rows: Sequence[Row]) -> None:
        """Read what is known of the units that the rows name."""
        self._units = units.ids_by_code()
        named = {key[0] for row in rows if (key := self._key(row)) is not None}
        self._sites = units.sites_by_code(named)
        self._types = {
            name.lower(): row.code
            for row in queries.energy_types()
            for name in (row.code, row.name_zh, row.name_en)
        }
        known = Consumer.objects.filter(unit_id__in=named).values_list("unit_id", "code", "id")
        self._numbers = {(unit_id, code): number for unit_id, code, number in known}
        self._codes = {number: code for (_, code), number in self._numbers.items()}
        self._site_codes = {number: code for (_, code), number in self._sites.items()}
        numbers = list(self._codes)
        self._told = _Told(Particulars, key="consumer_id", subjects={n: n for n in numbers})
        self._needed = _Needed(numbers)
        self._needs: set[NeedOf] = set()

    def _key(self, row: Row) -> _Key | None:
        """Return the row's unit and code; None where the unit is not entered."""
        unit_id = self._units.get(row.values["unit_code"].upper())
        return None if unit_id is None else (unit_id, row.values["code"])

    def _decision(self, row: Row) -> Decision:
        """Return what a row would do and think it done."""
        key = self._key(row)
        if key is None:
            return _refused(row, f"no unit {row.values['unit_code']}")
        if reason := self._flaw(row, key):
            return _refused(row, reason)
        is_new = key not in self._numbers
        if is_new:
            self._numbers[key] = -len(self._numbers) - 1
            self._codes[self._numbers[key]] = key[1]
        start = row.values["valid_from"] or BEGINNING
        differences = self._describe(row, key, start) | self._need(row, self._numbers[key], start)
        if is_new:
            return Decision(row.number, Change.NEW, differences)
        change = Change.CHANGED if differences else Change.UNCHANGED
        return Decision(row.number, change, differences)

    def _flaw(self, row: Row, key: _Key) -> str:
        """Return why a row cannot be taken; empty where it can."""
        values = row.values
        if values["site_code"] and (key[0], values["site_code"]) not in self._sites:
            return f"the unit has no site {values['site_code']}"
        for column in _HANGS:
            code = values[column]
            if code and code == key[1]:
                return f"{column}: {code} is the row's own"
            if code and (key[0], code) not in self._numbers:
                return f"{column}: the unit has no {code}, known or in a row above"
        told = [values[column] is not None for column in ("energy_type", "amount", "measure")]
        if any(told) and not all(told):
            return "energy_type, amount and measure go together"
        return self._flaw_of_need(values) if all(told) else ""

    def _flaw_of_need(self, values: Mapping[str, Any]) -> str:
        """Return what is wrong with a row's demand; empty where nothing is."""
        if values["energy_type"].lower() not in self._types:
            return f"no energy type {values['energy_type']}"
        try:
            rules.check_demand(values["measure"], values["amount"])
        except rules.BadDemand as error:
            return f"amount: {error}"
        return ""

    def _describe(self, row: Row, key: _Key, start: datetime) -> dict[str, tuple[str, str]]:
        """Think the consumer as the row says until its next change known."""
        number = self._numbers[key]
        known, until = self._told.version_from(number, start)
        # What is first known of a consumer reaches back to an earlier row.
        base = known or (None if until is None else self._told.version_from(number, until)[0])
        before = {field: getattr(base, field) for field in queries.DESCRIBED} if base else BLANK
        said = self._said(row, key)
        differing = {f for f, value in said.items() if known is None or before[f] != value}
        if known is None or differing:
            self._told.replace(
                number, valid_from=start, valid_until=until, values={**before, **said}
            )
        self._told.hold(number, start)
        stood = before if known else BLANK
        return {
            column: (self._text(field, stood[field]), self._text(field, said[field]))
            for column, field in _FIELDS.items()
            if field in differing
        }

    def _said(self, row: Row, key: _Key) -> dict[str, Any]:
        """Return what a row says of its consumer, by field, without what it leaves blank."""
        values = row.values
        said = {column: values[column] for column in _PLAIN if values[column] is not None}
        if values["site_code"]:
            said["site_id"] = self._sites[key[0], values["site_code"]]
        for column, field in _HANGS.items():
            if values[column]:
                said[field] = self._numbers[key[0], values[column]]
        return said

    def _need(self, row: Row, number: int, start: datetime) -> dict[str, tuple[str, str]]:
        """Think the row's demand until its next change known."""
        values = row.values
        if values["amount"] is None:
            return {}
        need = NeedOf(number, self._types[values["energy_type"].lower()], values["measure"])
        known, until = self._needed.version_from(need, start)
        self._needed.hold(need, start)
        if known is not None and known.amount == values["amount"]:
            return {}
        said = {"energy_type_id": need.energy_type_id, "measure": need.measure}
        said["amount"] = values["amount"]
        self._needed.replace(need, valid_from=start, valid_until=until, values=said)
        self._needs.add(need)
        before = f"{known.amount.normalize():f} {need.measure}" if known else ""
        return {"amount": (before, f"{values['amount']:f} {need.measure}")}

    def _text(self, field: str, value: Any) -> str:
        """Return a field's value as a person reads it: sites and consumers by their codes."""
        if value is None:
            return ""
        if field == "site_id":
            return self._site_codes[value]
        if field in _HANGS.values():
            return self._codes[value]
        return str(value)

    def _faulty(self) -> dict[_Key | None, str]:
        """Return the consumers that would hang as none can, with the reason."""
        spans = self._told.spans()
        by_unit: dict[int, list[rules.HungSpan]] = defaultdict(list)
        for (unit_id, _), number in self._numbers.items():
            by_unit[unit_id] += spans.get(number, [])
        reasons = {
            number: fault.reason
            for of_unit in by_unit.values()
            for fault in rules.tree_faults_over_time(of_unit)
            for number in fault.ids
        }
        return {key: reasons[number] for key, number in self._numbers.items() if number in reasons}


def _refused(row: Row, reason: str) -> Decision:
    """Return the decision that refuses a row."""
    return Decision(row.number, Change.REFUSED, reason=reason)
