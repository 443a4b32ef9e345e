"""Verification cycles, loaded where the other official texts are."""

from datetime import date

import pytest
from django.test import Client
from procrastinate.contrib.django.models import ProcrastinateJob
from tests import two_districts

from hengneng.kernel.audit.models import Entry
from hengneng.people.accounts.rules.roles import Role
from hengneng.registry.instruments import queries

PAGE = "/desk/energy/load"
TEXT = """
[[edition]]
edition = "JJG 596-2012 official text"
valid_from = 2013-04-08
[[edition.cycle]]
kind = "ELECTRICITY_METER"
clause = "table 9"
classes = ["0.2S"]
months = 72
ends_in = "VERIFY"
citation = "the text itself"
verified = true
"""


@pytest.fixture
def administrator(city) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(two_districts.account(Role.ADMINISTRATOR, city.own))
    return client


def sent(client, text=TEXT, **more):
    return client.post(PAGE, {"kind": "cycles", "text": text}, **more)


class TestCycles:
    def test_are_loaded_listed_and_let_due_days_be_counted_anew(self, administrator):
        answer = sent(administrator, follow=True)

        assert "Loaded: 1 verification cycles; the due days are being counted anew." in answer.text
        assert answer.redirect_chain == [(f"{PAGE}?kind=cycles#cycles", 302)]
        ((kind, cycle),) = answer.context["cycles"]
        assert (kind.code, cycle.months, cycle.valid_from) == (
            "ELECTRICITY_METER", 72, date(2013, 4, 8),
        )  # fmt: skip
        assert "Static electricity meter" in answer.text
        jobs = ProcrastinateJob.objects.values_list("task_name", flat=True)
        assert list(jobs) == ["hengneng.registry.instruments.jobs.count_due_days_anew"]

    def test_loaded_a_second_time_say_that_nothing_is_new(self, administrator):
        sent(administrator)
        answer = sent(administrator)

        (said,) = answer.context["form"].errors["text"]
        assert (answer.status_code, "nothing was changed" in said) == (422, True)
        assert ProcrastinateJob.objects.count() == 1
        assert Entry.objects.filter(action="instruments.cycles_loaded").count() == 1

    @pytest.mark.parametrize(
        ("text", "said"),
        [
            ("[[edition", "The text cannot be read as records"),
            (TEXT.replace("72", "0"), "The text cannot be read as records"),
            (TEXT.replace("72", "601"), "The text cannot be read as records"),
            (TEXT.replace("ELECTRICITY_METER", "SUNDIAL"), "no such kind"),
        ],
    )
    def test_that_cannot_be_read_stay_in_the_form(self, administrator, text, said):
        answer = sent(administrator, text)

        (error,) = answer.context["form"].errors["text"]
        assert (answer.status_code, said in error) == (422, True)
        assert answer.context["form"]["text"].value() == text
        assert queries.cycles() == []

    def test_of_the_same_key_that_say_otherwise_are_refused(self, administrator):
        sent(administrator)
        answer = sent(administrator, TEXT.replace("72", "96"))

        assert answer.status_code == 422
        assert [cycle.months for cycle in queries.cycles()] == [72]

    def test_of_one_month_and_of_six_hundred_are_read(self, administrator):
        sent(administrator, TEXT.replace("72", "1"))
        sent(administrator, TEXT.replace("72", "600").replace("table 9", "table 10"))

        assert sorted(cycle.months for cycle in queries.cycles()) == [1, 600]

    def test_are_nobody_elses_to_load(self, official):
        assert sent(official).status_code == 403
        assert queries.cycles() == []
