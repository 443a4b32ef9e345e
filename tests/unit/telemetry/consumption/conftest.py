"""By which rules gaps are shared, where a test says so."""

import pytest
from tests.gaps import RULE

from hengneng.telemetry.consumption.queries import parameters


@pytest.fixture
def ruled(monkeypatch):
    """Let the rules be these."""

    def rule(*rules):
        monkeypatch.setattr(parameters, "spreading", lambda: rules)

    rule(RULE)
    return rule
