"""Writes of the room: the ledger, places, exchanges, certificates, cycles, notices, proposals."""

from hengneng.registry.instruments.operations.certificates import (
    CertificateExists,
    CertificateNotBelieved,
    correct_certificate,
    enter_certificate,
    enter_certificates,
    withdraw_certificate,
)
from hengneng.registry.instruments.operations.conditions import NewCondition, set_conditions
from hengneng.registry.instruments.operations.cycles import (
    CycleChanged,
    count_due_days_anew,
    load_cycles,
    load_official_cycles,
    load_rules,
)
from hengneng.registry.instruments.operations.exchanges import (
    BadRegister,
    ExchangeExists,
    NotBelieved,
    correct_exchange,
    exchange_instrument,
    withdraw_exchange,
)
from hengneng.registry.instruments.operations.ledger import (
    IncompleteInstrument,
    InstrumentExists,
    UnknownCondition,
    UnknownKind,
    correct_instrument,
    create_instrument,
    set_status,
)
from hengneng.registry.instruments.operations.many import (
    NewInstrument,
    NewStay,
    enter_instruments,
    install_many,
)
from hengneng.registry.instruments.operations.notices import (
    NoReason,
    NotYet,
    confirm_change,
    report_again,
    report_change,
    send_back,
    withdraw_notice,
)
from hengneng.registry.instruments.operations.placing import (
    ForeignInstrument,
    InstalledElsewhere,
    StandsNowhere,
    install,
    move,
    take_down,
)
from hengneng.registry.instruments.operations.proposals import (
    ForeignMatch,
    confirm_instrument,
    propose_instruments,
    refuse_instrument,
)
from hengneng.registry.instruments.rules.told import BadCertificate, NewCertificate

__all__ = [
    "BadCertificate",
    "BadRegister",
    "CertificateExists",
    "CertificateNotBelieved",
    "CycleChanged",
    "ExchangeExists",
    "ForeignInstrument",
    "ForeignMatch",
    "IncompleteInstrument",
    "InstalledElsewhere",
    "InstrumentExists",
    "NewCertificate",
    "NewCondition",
    "NewInstrument",
    "NewStay",
    "NoReason",
    "NotBelieved",
    "NotYet",
    "StandsNowhere",
    "UnknownCondition",
    "UnknownKind",
    "confirm_change",
    "confirm_instrument",
    "correct_certificate",
    "correct_exchange",
    "correct_instrument",
    "count_due_days_anew",
    "create_instrument",
    "enter_certificate",
    "enter_certificates",
    "enter_instruments",
    "exchange_instrument",
    "install",
    "install_many",
    "load_cycles",
    "load_official_cycles",
    "load_rules",
    "move",
    "propose_instruments",
    "refuse_instrument",
    "report_again",
    "report_change",
    "send_back",
    "set_conditions",
    "set_status",
    "take_down",
    "withdraw_certificate",
    "withdraw_exchange",
    "withdraw_notice",
]
