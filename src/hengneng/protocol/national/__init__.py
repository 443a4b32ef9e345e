"""The national flavour (NHJC): what a terminal and a platform say to each other in plain JSON.

Field names are the protocol's, as seen in several independent clients (facts/protocol.md 2.2 to
2.5); the official message tables were not held. Every reader has its writer.
"""

from hengneng.protocol.national.answers import (
    RECEIVED,
    Answer,
    read_answer,
    write_answer,
)
from hengneng.protocol.national.configuration import (
    CollectItem,
    Configuration,
    read_configuration,
    write_configuration,
)
from hengneng.protocol.national.energy import Envelope, read_energy, write_energy
from hengneng.protocol.national.envelopes import NoEnvelope, NotJson
from hengneng.protocol.national.metering import (
    Metering,
    MeteringItem,
    read_metering,
    write_metering,
)
from hengneng.protocol.national.registration import (
    Registration,
    RegistrationAnswer,
    Versions,
    read_registration,
    read_registration_answer,
    read_version_check,
    read_versions,
    write_registration,
    write_registration_answer,
    write_version_check,
    write_versions,
)

__all__ = [
    "RECEIVED",
    "Answer",
    "CollectItem",
    "Configuration",
    "Envelope",
    "Metering",
    "MeteringItem",
    "NoEnvelope",
    "NotJson",
    "Registration",
    "RegistrationAnswer",
    "Versions",
    "read_answer",
    "read_configuration",
    "read_energy",
    "read_metering",
    "read_registration",
    "read_registration_answer",
    "read_version_check",
    "read_versions",
    "write_answer",
    "write_configuration",
    "write_energy",
    "write_metering",
    "write_registration",
    "write_registration_answer",
    "write_version_check",
    "write_versions",
]
