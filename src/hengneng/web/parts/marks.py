"""Words, colours and shapes for standings; a colour never stands alone."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

SHAPES = {"ok": "●", "warn": "▲", "bad": "■", "mute": "○", "est": "◌"}

LEVELS = {
    "LEVEL_1": _("Level 1 (boundary)"),
    "LEVEL_2": _("Level 2"),
    "LEVEL_3": _("Level 3"),
    "OTHER": _("Other level"),
}
FLOWS = {
    "BOUGHT": _("Bought"),
    "GENERATED": _("Generated"),
    "STORED": _("Stored"),
    "SUPPLIED_OUT": _("Supplied out"),
    "CONVERSION_OUTPUT": _("Conversion output"),
}
KINDS = {"REGISTER": _("Register readings"), "INCREMENT": _("Amount per period")}
# What an amount stands on (telemetry/consumption, Basis).
FOUNDATIONS = {
    "REGISTERS": _("register readings"),
    "DAY_RECORD": _("day record"),
    "REALTIME": _("sum of real-time records"),
    "MONTH_RECORD": _("month record"),
    "DAYS": _("sum of days"),
}
COAL_BASES = {"CALORIFIC": _("Calorific value"), "EQUIVALENT": _("Equivalent value")}
# Whose a factor is (registry/energy, registry/fuels).
FACTOR_SCOPES = {
    "NATIONAL": _("National table"),
    "LOCAL": _("The city's own"),
    "MEASURED": _("Measured"),
}
ENERGY_KINDS = {"ENERGY": _("Energy"), "MEDIUM": _("Energy media")}
SLOT_MARKS = {
    "M": _("Measured"),
    "L": _("Measured, sent late"),
    "S": _("From the supplier"),
    "H": _("Entered by hand"),
    "E": _("Estimated"),
    # With the method by which a gap was filled (telemetry/consumption, Method).
    "EL": _("Estimated, linear"),
    "EW": _("Estimated, by same-weekday shape"),
    "EB": _("Estimated, by the shape of sibling points"),
    "EN": _("Estimated, linear: no measured day to follow"),
    "R": _("Rejected"),
    "P": _("Measured in part"),
    ".": _("Nothing known"),
}
FLAWS = {
    "BAD_CODE": _("the data code or meter name is not one"),
    "BAD_SCOPE": _("the data scope does not fit the code"),
    "BAD_TIME": _("the time is missing, unreadable or not possible"),
    "BAD_NUMBER": _("the value is not a number that can be kept"),
    "BAD_STAT_TYPE": _("the statistics type is not known"),
    "BAD_VALID": _("the valid flag is not known"),
    "BAD_RECORD": _("the record cannot be read"),
}
LISTS = {"KEY": _("Key energy-using unit"), "DISTRICT_MONITORED": _("Monitored energy-using unit")}
TIERS = {
    "HUNDRED": _("Hundred tier"),
    "THOUSAND": _("Thousand tier"),
    "OTHER": pgettext_lazy("tier", "other"),
}


class Standing(NamedTuple):
    """A standing: its colour, which has a shape, and its word."""

    kind: str
    word: Any


def how_known(mark: str, method: str) -> str:
    """Return the key, in ``SLOT_MARKS``, of how a slot is known, an estimate with its method.

    >>> how_known("E", "W"), how_known("E", "."), how_known("M", ".")
    ('EW', 'E', 'M')
    """
    both = mark + method
    return both if both in SLOT_MARKS else mark


TERMINALS = {
    "PENDING": Standing("warn", _("Waiting for admission")),
    "ADMITTED": Standing("warn", _("Admitted, has not fetched its id")),
    "ISSUED": Standing("ok", _("Connected")),
    "REFUSED": Standing("mute", _("Refused")),
    "LAPSED": Standing("mute", _("Admission lapsed")),
    "REVOKED": Standing("bad", _("Revoked")),
}
# How a unit's connection stands (insight/coverage, Standing).
CONNECTIONS = {
    "LIVE": Standing("ok", _("Data arriving")),
    "LATE": Standing("warn", _("Data late")),
    "SILENT": Standing("bad", _("No data lately")),
    "NEVER": Standing("mute", _("Not connected yet")),
}
NOTICES = {
    "DRAFT": Standing("warn", _("Draft")),
    "PUBLISHED": Standing("ok", _("Published")),
    "WITHDRAWN": Standing("mute", _("Withdrawn")),
}
ROLES = {
    "ADMINISTRATOR": _("Administrator"),
    "CITY_OFFICIAL": _("City official"),
    "DISTRICT_OFFICIAL": _("District official"),
    "INSTITUTE_ENGINEER": _("Institute engineer"),
    "ENERGY_MANAGER": _("Energy manager"),
}
# Why an upload was refused whole (web/terminals, Reason).
REFUSALS = {
    "TOO_LARGE": _("the message is larger than 4 MB"),
    "CUT_OFF": _("the message was cut off on its way"),
    "NOT_JSON": _("the message is not JSON"),
    "NO_ENVELOPE": _("the message lacks its envelope"),
    "UNKNOWN_UNIT": _("no unit has this social credit code"),
    "TOO_MANY_PENDING": _("too many requests wait for admission"),
    "UNKNOWN_TERMINAL": _("the platform does not know this terminal"),
    "FOREIGN_TERMINAL": _("the terminal belongs to another unit"),
    "NO_USABLE_RECORD": _("no record of the message can be used"),
}
# How much of a unit's period is known (insight/statistics).
SHARES = {
    "COMPLETE": Standing("ok", _("complete")),
    "PARTIAL": Standing("warn", _("in part")),
    "SILENT": Standing("mute", _("nothing known")),
    "NO_POINTS": Standing("mute", _("no boundary point")),
}
# By which way a message came (telemetry/journal, Channel).
CHANNELS = {
    "1": _("National JSON, energy data"),
    "2": _("Native registers"),
    "3": _("National JSON, configuration"),
    "4": _("National JSON, instruments"),
}
# How an instrument may be used (registry/instruments, Condition); form B.3 of JJF 1356.
CONDITIONS = {
    "QUALIFIED": _("qualified"),
    "LIMITED": _("for limited use"),
    "STOPPED": _("out of use"),
}
# What a certificate says of its instrument (Result).
RESULTS = {
    "QUALIFIED": _("qualified"),
    "LIMITED": _("for limited use"),
    "FAILED": _("failed"),
}
CERTIFICATES = {
    "VERIFICATION": _("Verification"),
    "CALIBRATION": _("Calibration"),
}
# What an instrument's last certificate says of it on a day (Standing).
STANDINGS = {
    "IN_DATE": Standing("ok", _("in date")),
    "OVERDUE": Standing("bad", _("overdue")),
    "FAILED": Standing("bad", _("failed")),
    "NO_DUE_DAY": Standing("warn", _("no due day is known")),
    "NO_CERTIFICATE": Standing("warn", _("no certificate on record")),
}
# How soon an instrument is due (Due).
DUE = {
    "OVERDUE": Standing("bad", _("overdue")),
    "WITHIN_30": Standing("warn", _("due within 30 days")),
    "WITHIN_90": Standing("warn", _("due within 90 days")),
    "LATER": Standing("ok", _("due later")),
    "UNKNOWN": Standing("mute", _("due day not known")),
}
# What is to be done on the due day (EndsIn).
ENDS = {
    "VERIFY": _("verify or calibrate again"),
    "REPLACE": _("replace"),
}
# What a unit tells of its meter (ChangeKind), and where that stands (NoticeState).
CHANGES = {
    "EXCHANGE": _("Meter exchanged"),
    "RATIO": _("Ratio changed"),
    "MOVE": _("Instrument moved"),
    "STOP": _("Instrument put out of use"),
}
CHANGE_NOTICES = {
    "REPORTED": Standing("warn", _("waits for confirmation")),
    "SENT_BACK": Standing("bad", _("sent back to the unit")),
    "CONFIRMED": Standing("ok", _("confirmed")),
    "WITHDRAWN": Standing("mute", _("withdrawn")),
}
# What a unit declares (registry/declarations, Kind), and where that stands (DeclarationState).
DECLARED = {
    "NEW_POINT": _("New metering point"),
    "POINT": _("Change of a point"),
    "HEAT_VALUE": _("Measured heat value"),
    "PARTICULARS": _("Particulars of the unit"),
    "LEGAL_PERSON": _("Legal person"),
    "FACILITY": _("Facility"),
    "SITE": _("Site"),
    "STANDING": _("Standing of the unit"),
}
DECLARATIONS = {
    "DECLARED": Standing("warn", _("waits for confirmation")),
    "SENT_BACK": Standing("bad", _("sent back to the unit")),
    "CONFIRMED": Standing("ok", _("confirmed")),
    "WITHDRAWN": Standing("mute", _("withdrawn")),
}
# Why a declaration was withdrawn that the unit did not withdraw itself.
WITHDRAWN_FOR = {"ANOTHER_CONFIRMED": _("another declaration of the same was confirmed")}
# What a unit runs, whether it works, for what its people are asked (registry/units).
FACILITIES = {
    "DATA_CENTRE": _("Data centre"),
    "SHORE_POWER": _("Shore power"),
    "RAIL": _("Rail"),
    "AIRPORT": _("Airport"),
    "PORT": _("Port"),
    "MALL": _("Shopping mall"),
    "HOTEL": _("Hotel"),
    "OFFICE": _("Office building"),
    "PUBLIC_BODY": _("Public institution"),
    "UNIVERSITY": _("University"),
}
BUSINESS = {
    "IN_BUSINESS": Standing("ok", _("In business")),
    "SUSPENDED": Standing("warn", _("Suspended")),
    "CLOSED": Standing("mute", _("Closed")),
}
CONTACT_ROLES = {
    "ENERGY_MANAGER": _("Energy management lead"),
    "METERING_LEAD": _("Metering lead"),
    "METERING_STAFF": _("Metering staff"),
    "DATA_CONTACT": _("Contact for data collection"),
    "GENERAL": _("General contact"),
}
EVENTS = {"RENAME": _("Renamed"), "MERGE": _("Merged"), "SPLIT": _("Split")}
# Sub-units and equipment, and whether they are main ones (registry/equipment).
CONSUMERS = {"SUB_UNIT": _("Sub-unit"), "EQUIPMENT": _("Equipment")}
MAIN = {
    "MAIN": Standing("ok", _("main")),
    "NOT_MAIN": Standing("mute", _("not main")),
    "UNDECIDED": Standing("warn", _("not decided")),
}
# Why a point is owed (registry/points, Ground).
GROUNDS = {
    "BOUNDARY": _("no point says where it comes in"),
    "MAIN": _("a main consumer has no point"),
    "UNDECIDED": _("whether it is a main consumer is not decided"),
}
# What a check of equipping says, and why (registry/equipping).
VERDICTS = {
    "FINE": Standing("ok", _("complies")),
    "PROBLEM": Standing("bad", _("does not comply")),
    "NOT_CHECKED": Standing("warn", _("not judged")),
}
BECAUSE = {
    "RATE_REACHED": _("the required rate is reached"),
    "RATE_MISSED": _("the required rate is not reached"),
    "NOTHING_NEEDED": _("nothing is needed"),
    "NO_EDITION": _("no edition of the standard was in force that day"),
    "EMPTY_EDITION": _("the edition's values are not loaded"),
    "NO_VALUE": _("the edition does not speak of it"),
    "OPEN_VALUE": _("the value is open: sources conflict or are silent"),
    "NO_SUB_UNIT": _("no sub-unit is entered"),
    "NO_EQUIPMENT": _("no equipment is entered"),
    "NO_BOUNDARY_POINT": _("no point says where it comes in"),
    "UNDECIDED_CONSUMERS": _("it is not decided whether some consumers are main ones"),
    "CLASS_REACHED": _("the required class is reached"),
    "CLASS_MISSED": _("the required class is not reached"),
    "NO_CLASS": _("no accuracy class is on record"),
    "CLASS_NOT_READ": _("the accuracy class cannot be read"),
    "CONDITION_UNKNOWN": _("the condition of use is not on record, so the limit is not known"),
    "ALL_IN_DATE": _("all in date"),
    "SOME_OVERDUE": _("some overdue or failed"),
    "SOME_WITHOUT_DATE": _("some without a certificate or due day"),
    "NO_INSTRUMENT": _("no instrument"),
}
LACKING = {
    "POINT": _("no metering point"),
    "INSTRUMENT": _("no instrument at its point"),
    "INSTRUMENT_IN_USE": _("the instrument at its point is stopped"),
}
# What a record is one of, by the first two letters of its series (protocol/records).
SERIES = {
    "N0": _("real-time amount"),
    "N1": _("day's amount"),
    "N2": _("month's amount"),
    "N3": _("year's amount"),
    "R:": _("register reading"),
}
RECORD_MARKS = {
    "M": _("Measured"),
    "H": _("Entered by hand"),
    "S": _("From the supplier"),
    "R": _("Withdrawn by its sender"),
    "W": _("Entry by hand withdrawn"),
}
# How a stock of fuel was determined (registry/fuels, Determination), what lacks to tell what was
# used (Lack), and in what an amount may be stated.
DETERMINATIONS = {
    "WEIGHED": _("weighed"),
    "GAUGED": _("gauged in the tank"),
    "SURVEYED": _("by the heap's volume and density"),
    "BOOKED": _("by the books"),
}
FUEL_LACKS = {
    "OPENING": _("no stock at the beginning"),
    "PURCHASES": _("no purchase on record"),
    "CLOSING": _("no stock at the end"),
    "CONTRADICTION": _("more is left than was ever there"),
}
FUEL_MEASURES = {"m3": "m³", "10000 m3": _("10 000 m³")}
