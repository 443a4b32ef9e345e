"""What decides whether a district's month must be copied again."""

import hashlib

from hengneng.kernel import clock
from hengneng.telemetry.consumption.queries import sums
from hengneng.telemetry.consumption.rules import EDITION as ARITHMETIC
from hengneng.telemetry.lake.queries.ground import Ground
from hengneng.telemetry.lake.rules.columns import FORM


def state_of(ground: Ground, district: str | None) -> str:
    """Return a digest that changes with every point, place or figure of a district's month.

    Figures are known by how often and when the units' days were worked out, so a month is not read
    to see that it did not change.

    Args:
        ground: The month.
        district: Its code; None: nowhere.
    """
    told = hashlib.sha256(f"{FORM} {ARITHMETIC} {ground.first}".encode())
    days = [clock.date_of(n) for n in range(*map(clock.day_number, (ground.first, ground.until)))]
    for part in ground.parts(district):
        unit_ids = sorted({one.unit_id for one in part})
        found = sums.revisions_by_unit(unit_ids, days=days)
        told.update(repr(sorted(found.items())).encode())
        told.update("\n".join(map(str, map(tuple, part))).encode())
    return told.hexdigest()
