"""What several journeys share beside the running product."""

from collections.abc import Iterator

import pytest
from tests import inside
from tests.bench import CODE, METER, Bench
from tests.product import Platform
from tests.wire import Client


@pytest.fixture(scope="session")
def unwell(platform: Platform) -> Bench:
    """The running product and a terminal at which things go wrong."""
    code, other = inside.unit_code(11), inside.unit_code(12)
    inside.enter_units(platform, [code, other])
    inside.enter(
        platform,
        "points",
        [
            inside.point_row(code, code="E-01", data_code=CODE),
            inside.point_row(code, code="E-02", meter=METER),
        ],
    )
    terminal = inside.admitted(platform, code, Client(platform.base_url))
    return Bench(platform, terminal, other)


@pytest.fixture
def bench(unwell: Bench) -> Iterator[Bench]:
    """The same, still serving after each test."""
    yield unwell
    assert unwell.is_served()
