"""Whether every file of every edition is what was published and holds what PostgreSQL holds."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from hengneng.telemetry.consumption.queries import copies
from hengneng.telemetry.lake import parquet, store
from hengneng.telemetry.lake.queries import states, totals
from hengneng.telemetry.lake.queries.ground import Ground
from hengneng.telemetry.lake.rules import closing
from hengneng.telemetry.lake.rules.columns import NOWHERE
from hengneng.telemetry.lake.rules.manifest import Edition, File, Month

Tell = Callable[[str], object]


@dataclass
class Checked:
    """What was gone through and what was found.

    Attributes:
        edition: The current edition's number; None: nothing is published.
        editions: Manifests held against their digests. [count]
        files: Files held against their digests. [count]
        bytes: Their size. [bytes]
        rows: Days of points in the current edition. [count]
        readings: Slots with a value in it. [count]
        broken: A sentence for each break, the first one first.
        changed: District months that PostgreSQL holds otherwise by now; the next write renews them.
    """

    edition: int | None = None
    editions: int = 0
    files: int = 0
    bytes: int = 0
    rows: int = 0
    readings: int = 0
    broken: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)

    @property
    def is_whole(self) -> bool:
        """Answer whether nothing is broken."""
        return not self.broken


def check(*, tell: Tell = lambda _: None) -> Checked:
    """Re-hash every file of every edition, and hold the current one against PostgreSQL.

    Args:
        tell: Told of each month that is gone through.
    """
    found = Checked()
    try:
        _hash_all(found)
        edition = store.published()
    except store.BrokenEdition as broken:
        found.broken.append(str(broken))
        return found
    if edition is not None:
        for month in edition.months:
            tell(f"{month.month:%Y-%m}")
            found.broken += _differences(month, found)
    return found


def _hash_all(found: Checked) -> None:
    """Hold every manifest and every file against its digest; the current edition first."""
    seen: set[str] = set()
    for edition in store.editions():
        found.edition = found.edition or edition.edition
        found.editions += 1
        for path, sha256, size in _named(edition):
            if path not in seen:
                seen.add(path)
                found.files += 1
                found.bytes += size
                found.broken += _broken(store.place(path), path, sha256)


def _named(edition: Edition) -> Iterator[tuple[str, str, int]]:
    """Yield path, digest and size of each file of an edition."""
    yield edition.units.path, edition.units.sha256, edition.units.bytes
    for _, file in edition.files():
        yield file.path, file.sha256, file.bytes


def _broken(path: Path, name: str, sha256: str) -> list[str]:
    """Return what is wrong with a file's bytes, if anything is."""
    if not path.is_file():
        return [f"{name} is missing"]
    if store.digest_of(path) != sha256:
        return [f"{name} is not what was published"]
    return []


def _differences(month: Month, found: Checked) -> Iterator[str]:
    """Yield how a month's files differ from their manifest, and from PostgreSQL as it is now."""
    with copies.one_picture():
        ground = Ground(month.month, closing.next_month(month.month))
        known = {file.district: file for file in month.files}
        for district in ground.districts():
            file = known.pop(district or NOWHERE, None)
            yield from _difference(ground, district, file, found)
        found.changed += [f"{month.month:%Y-%m}, district {name}" for name in known]


def _difference(
    ground: Ground, district: str | None, file: File | None, found: Checked
) -> Iterator[str]:
    """Yield how a district's month differs; one that changed meanwhile is noted as such."""
    name = f"{ground.first:%Y-%m}, district {district or NOWHERE}"
    held = totals.in_postgres(ground, district)
    if file is None:
        found.changed += [name] if held.rows else []
        return
    found.rows += file.rows
    found.readings += sum(one.readings for one in file.sums.values())
    if any(said.startswith(f"{file.path} ") for said in found.broken):
        return
    if parquet.sums_of(store.place(file.path)) != (file.rows, file.sums):
        yield f"{file.path} does not hold what its manifest says"
    elif file.state != states.state_of(ground, district):
        found.changed.append(name)
    elif (held.rows, held.sums()) != (file.rows, file.sums):
        yield f"{file.path} holds {file.rows} days, PostgreSQL {held.rows} with other sums"
