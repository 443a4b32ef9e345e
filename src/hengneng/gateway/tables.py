"""Read the tables of a configuration file so that every fault is found, not the first alone."""

from collections.abc import Callable, Collection
from decimal import Decimal
from typing import Any, NamedTuple, TypeVar

Default = TypeVar("Default")


class Fault(NamedTuple):
    """One thing that is wrong in a file.

    Attributes:
        place: Where: ``meters[2] "A-2".registers[1].type``.
        problem: What is wrong there.
        remedy: What to write instead.
    """

    place: str
    problem: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.place}: {self.problem}; {self.remedy}"


class Table:
    """One table of the file; what is asked of it is checked, what is left over is a fault."""

    def __init__(self, values: dict[str, Any], place: str, faults: list[Fault]) -> None:
        """Remember the table, where it stands and where faults are noted."""
        self._values = dict(values)
        self._asked: list[str] = []
        self.place = place
        self.faults = faults

    def fault(self, key: str, problem: str, remedy: str) -> None:
        """Note a fault at a key."""
        place = f"{self.place}.{key}".strip(".") if key else self.place
        self.faults.append(Fault(place, problem, remedy))

    def has(self, key: str) -> bool:
        """Answer whether the key is given."""
        return key in self._values or key in self._asked

    def text(self, key: str, default: str | None = None, *, longest: int = 200) -> str:
        """Return printable text; without a default the key must be there."""
        is_given = key in self._values
        value = self._take(key, default, "write it as text in quotes")
        if not is_given:
            return default or ""
        if not isinstance(value, str) or not 0 < len(value) <= longest or not value.isprintable():
            self.fault(key, f"{value!r} is no text of 1 to {longest} characters", "write one")
            return default or ""
        return value

    def whole(self, key: str, default: int | None = None, *, least: int, most: int) -> int:
        """Return a whole number within bounds."""
        value = self._take(key, default, f"write a number from {least} to {most}")
        if value is None:
            return least if default is None else default
        if type(value) is not int or not least <= value <= most:
            self.fault(key, f"{value} is out of bounds", f"write a number from {least} to {most}")
            return least if default is None else default
        return value

    def choice(self, key: str, choices: Collection[str], default: str | None = None) -> str:
        """Return one of a few words."""
        value = self._take(key, default, f"write one of {', '.join(choices)}")
        if value is None:
            return default or next(iter(choices))
        if value not in choices:
            self.fault(key, f"{value!r} is unknown", f"write one of {', '.join(choices)}")
            return default or next(iter(choices))
        return str(value)

    def flag(self, key: str, *, default: bool) -> bool:
        """Return true or false."""
        value = self._take(key, default, "write true or false")
        if not isinstance(value, bool):
            self.fault(key, f"{value!r} is not true or false", "write true or false")
            return default
        return value

    def decimal(self, key: str) -> Decimal | None:
        """Return a decimal above zero, exactly as written; None where the key is absent."""
        value = self._take(key, None, "")
        if value is None:
            return None
        is_number = isinstance(value, int | Decimal) and type(value) is not bool
        # Only then can it be compared: TOML knows "nan".
        if not is_number or not Decimal(value).is_finite() or not 0 < value < 10**18:
            self.fault(key, f"{value!r} is no number above zero", "write one, without quotes")
            return None
        return Decimal(value)

    def made(
        self, key: str, make: Callable[[str], Default], default: Default, *, remedy: str
    ) -> Default:
        """Return what ``make`` makes of a text; the ValueError it raises is the fault."""
        text = self.text(key, "")
        if not text:
            return default
        try:
            return make(text)
        except ValueError as error:
            self.fault(key, f"{text!r}: {error}", remedy)
            return default

    def tables(self, key: str) -> list["Table"]:
        """Return the tables of a list, at least one."""
        value = self._take(key, None, "")
        if not isinstance(value, list) or not value or not all(isinstance(v, dict) for v in value):
            self.fault(key, "there is none", f"write at least one [[{key}]]")
            return []
        head = f"{self.place}.{key}".strip(".")
        return [
            Table(one, f"{head}[{number}]{_named(one)}", self.faults)
            for number, one in enumerate(value, 1)
        ]

    def close(self) -> None:
        """Note what nobody asked for: a misspelt key must not be passed over."""
        for key in self._values:
            self.fault(key, "this key is unknown", f"known here: {', '.join(self._asked)}")

    def _take(self, key: str, default: object, remedy: str) -> Any:
        """Return a key's value; a missing one without default is a fault where there is remedy."""
        self._asked.append(key)
        if key in self._values:
            return self._values.pop(key)
        if default is None and remedy:
            self.fault(key, "it is missing", remedy)
        return default


def _named(values: dict[str, Any]) -> str:
    """Return how a person knows the table, by its name."""
    name = values.get("name")
    return f' "{name}"' if isinstance(name, str) else ""
