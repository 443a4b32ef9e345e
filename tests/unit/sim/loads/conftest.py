import gzip
from datetime import datetime, timedelta

import pytest

from hengneng.sim.loads import series, weeks

HOURS = 2 * 365 * 24


def write_series(place, name, cells):
    """Write a file of series: ``cells`` gives an hour's text for every building."""
    start = datetime(2018, 1, 1)  # noqa: DTZ001 - civil time, as the files have it
    lines = ["datetime," + ",".join(weeks.buildings())]
    for hour in range(HOURS):
        shown = cells(hour)
        lines.append(f"{start + timedelta(hours=hour)}," + ",".join([shown] * 26))
    with gzip.open(place / name, "wt") as file:
        file.write("\n".join(lines) + "\n")


@pytest.fixture(scope="session")
def gapped_series(tmp_path_factory):
    """Series of 10.5 kWh an hour: a gap of 3 h on 1 January 2019, seven hours without gas there."""
    place = tmp_path_factory.mktemp("meters")
    gap = 365 * 24
    electricity, gas = (series.FILES[energy] for energy in weeks.Energy)
    write_series(place, electricity, lambda hour: "0.0" if gap <= hour < gap + 3 else "10.5")
    write_series(place, gas, lambda hour: "0.0" if gap <= hour < gap + 7 else "10.5")
    return place
