from datetime import date

import pytest

from hengneng.kernel.personal.rules import purposes


def test_a_purpose_is_in_force_from_its_first_day():
    assert purposes.purpose_on("CONTACT", date(2021, 11, 1)).keep_days == 730

    with pytest.raises(purposes.UnknownPurpose):
        purposes.purpose_on("CONTACT", date(2021, 10, 31))


def test_every_record_says_whence_it_is():
    for purpose in purposes.purposes_on(date(2026, 11, 23)):
        assert purpose.citation
        assert purpose.clause
        assert purpose.fields
