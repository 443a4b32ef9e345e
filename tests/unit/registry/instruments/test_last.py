"""The mark of the last certificate follows from the rows, whatever is entered and taken back."""

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.registry.instruments.conftest import AT

from hengneng.registry.instruments import operations, queries
from hengneng.registry.instruments.models import Certificate, Instrument
from hengneng.registry.instruments.operations import NewCertificate

pytestmark = pytest.mark.usefixtures("at_noon")
ACTS = st.lists(
    st.tuples(st.sampled_from(["enter", "correct", "withdraw"]), st.integers(0, 5)), max_size=12
)


@given(acts=ACTS)
@settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None
)
def test_is_always_the_one_that_counts(unit, acts):
    meter = Instrument.objects.create(
        unit=unit, number=f"M-{Instrument.objects.count()}", name="电能表"
    )
    for number, (act, days) in enumerate(acts):
        day = date(2026, 1, 1) + timedelta(days=days)
        believed = list(
            Certificate.objects.filter(instrument=meter, superseded_at=None).order_by("id")
        )
        if act == "enter":
            told = NewCertificate(meter.id, f"Z-{number}", day)
            operations.enter_certificate(certificate=told, by=7, at=AT)
        elif believed and act == "correct":
            chosen = believed[days % len(believed)].id
            operations.correct_certificate(certificate_id=chosen, verified_on=day, by=7, at=AT)
        elif believed:
            chosen = believed[days % len(believed)].id
            operations.withdraw_certificate(certificate_id=chosen, by=7, at=AT)
        counts = queries.last_certificates(Instrument.objects.filter(id=meter.id), at=AT)
        marked = Certificate.objects.filter(instrument=meter, is_last=True)
        assert list(marked.values_list("id", flat=True)) == [row.id for row in counts.values()]
