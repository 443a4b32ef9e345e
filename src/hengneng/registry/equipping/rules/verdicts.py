"""The three answers of a check, and why."""

from enum import StrEnum


class Verdict(StrEnum):
    """What a check says (ARCHITECTURE 5.5)."""

    FINE = "FINE"
    PROBLEM = "PROBLEM"
    NOT_CHECKED = "NOT_CHECKED"


class Because(StrEnum):
    """Why a verdict is what it is; pages have the words."""

    # of rates
    RATE_REACHED = "RATE_REACHED"
    RATE_MISSED = "RATE_MISSED"
    NOTHING_NEEDED = "NOTHING_NEEDED"
    NO_EDITION = "NO_EDITION"  # none in force that day
    EMPTY_EDITION = "EMPTY_EDITION"  # in force, none of its values loaded
    NO_VALUE = "NO_VALUE"  # the edition does not speak of it
    OPEN_VALUE = "OPEN_VALUE"  # sources conflict or are silent; the record says which
    NO_SUB_UNIT = "NO_SUB_UNIT"  # none is entered
    NO_EQUIPMENT = "NO_EQUIPMENT"  # none is entered
    NO_BOUNDARY_POINT = "NO_BOUNDARY_POINT"  # used inside, no point says where it comes in
    UNDECIDED_CONSUMERS = "UNDECIDED_CONSUMERS"  # it hangs on whether some are main ones
    # of accuracy
    CLASS_REACHED = "CLASS_REACHED"
    CLASS_MISSED = "CLASS_MISSED"
    NO_CLASS = "NO_CLASS"  # neither certificate nor ledger says one
    CLASS_NOT_READ = "CLASS_NOT_READ"  # not a class by number
    CONDITION_UNKNOWN = "CONDITION_UNKNOWN"  # good enough under some conditions only
    # of dates
    ALL_IN_DATE = "ALL_IN_DATE"
    SOME_OVERDUE = "SOME_OVERDUE"
    SOME_WITHOUT_DATE = "SOME_WITHOUT_DATE"  # no certificate, or none that says until when
    NO_INSTRUMENT = "NO_INSTRUMENT"


class Lacking(StrEnum):
    """What something that must be metered lacks."""

    POINT = "POINT"
    INSTRUMENT = "INSTRUMENT"
    INSTRUMENT_IN_USE = "INSTRUMENT_IN_USE"  # there is one, and it is stopped
