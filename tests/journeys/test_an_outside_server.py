"""The product on a PostgreSQL of one's own; CI gives Debian's 15."""

import os
import urllib.request

import pytest
from tests.product import Platform

ADDRESS = os.environ.get("HENGNENG_TEST_PLATFORM_URL")


@pytest.mark.skipif(ADDRESS is None, reason="no outside server: HENGNENG_TEST_PLATFORM_URL")
def test_the_product_runs_on_it_unchanged():
    assert ADDRESS is not None
    with Platform.started(HENGNENG_DATABASE_URL=ADDRESS) as product:
        with urllib.request.urlopen(f"{product.base_url}/readyz") as answer:
            assert answer.status == 200
        assert not product.pids().keys() & {"postgres", "postgres-server"}
        assert not (product.data_dir / "postgres").exists()

        created = product.run(
            *("account", "create", "wang", "--role", "city_official", "--body", "REGULATOR"),
            stdin="a-Long-enough-9-word\n",
        )

        assert created.returncode == 0
