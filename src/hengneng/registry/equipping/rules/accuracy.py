"""Whether an instrument is accurate enough, as far as what is known of it tells."""

from typing import NamedTuple

from hengneng.registry.equipment.rules.classes import AccuracyClass, class_of
from hengneng.registry.equipment.rules.editions import Accuracy, Limit
from hengneng.registry.equipping.rules.rates import Judged
from hengneng.registry.equipping.rules.verdicts import Because, Verdict


class Instrument(NamedTuple):
    """What of an instrument its accuracy is judged by.

    Attributes:
        accuracy_class: As its valid certificate gives it; empty: not known.
        kind: Its kind; empty: not known.
        diameter_mm: Its nominal diameter; None: not known. [mm]
    """

    accuracy_class: str
    kind: str
    diameter_mm: int | None


def applying(accuracy: Accuracy, instrument: Instrument) -> list[Limit]:
    """Return the limits whose conditions nothing known of the instrument rules out."""
    return [limit for limit in accuracy.limits if not _is_ruled_out(limit, instrument)]


def judge(accuracy: Accuracy | None, instrument: Instrument) -> Judged:
    """Return whether an instrument is accurate enough.

    Args:
        accuracy: What the edition asks of it; None: it does not speak of it.
        instrument: What is known of it.

    Returns:
        FINE where its class is within every limit that may apply, PROBLEM where it is beyond all of
        them, else NOT_CHECKED.

    Source:
        GB 17167-2006, table 4, as recollected: verified is false there.
    """
    if accuracy is None:
        return Judged(Verdict.NOT_CHECKED, Because.NO_VALUE)
    if accuracy.open:
        return Judged(Verdict.NOT_CHECKED, Because.OPEN_VALUE)
    if not instrument.accuracy_class.strip():
        return Judged(Verdict.NOT_CHECKED, Because.NO_CLASS)
    held = class_of(instrument.accuracy_class)
    if held is None:
        return Judged(Verdict.NOT_CHECKED, Because.CLASS_NOT_READ)
    limits = [worst for limit in applying(accuracy, instrument) if (worst := class_of(limit.worst))]
    return _compared(held, limits)


def _compared(held: AccuracyClass, limits: list[AccuracyClass]) -> Judged:
    """Return what the limits that may apply make of a class."""
    if not limits:
        return Judged(Verdict.NOT_CHECKED, Because.NO_VALUE)
    if held <= min(limits):
        return Judged(Verdict.FINE, Because.CLASS_REACHED)
    if held > max(limits):
        return Judged(Verdict.PROBLEM, Because.CLASS_MISSED)
    return Judged(Verdict.NOT_CHECKED, Because.CONDITION_UNKNOWN)


def _is_ruled_out(limit: Limit, instrument: Instrument) -> bool:
    """Answer whether something known of the instrument contradicts a limit's condition."""
    if limit.kinds and instrument.kind and instrument.kind not in limit.kinds:
        return True
    if instrument.diameter_mm is None:
        return False
    over, up_to = limit.diameter_over_mm, limit.diameter_up_to_mm
    return (over is not None and instrument.diameter_mm <= over) or (
        up_to is not None and instrument.diameter_mm > up_to
    )
