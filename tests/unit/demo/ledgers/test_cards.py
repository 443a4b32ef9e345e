import re
from datetime import UTC, datetime
from decimal import Decimal

from hengneng.demo.ledgers import cards, subjects
from hengneng.kernel.personal.rules.masks import Field
from hengneng.registry.units.models import ContactRole, FacilityKind

SINCE = datetime(2025, 11, 22, tzinfo=UTC)
CONTACTS = [
    contact
    for number, unit in enumerate(subjects.subjects())
    for contact in cards.contacts_of(unit, number, since=SINCE)
]


class TestIndustryOf:
    def test_every_sector_has_one_and_a_department(self):
        for unit in subjects.subjects():
            industry = cards.industry_of(unit)
            assert industry.code
            assert industry.name
            assert industry.department

    def test_facilities_are_such_as_the_registry_knows(self):
        found = {kind for u in subjects.subjects() for kind in cards.industry_of(u).facilities}
        assert found == set(FacilityKind.values)


class TestContactsOf:
    def test_every_role_but_the_general_one_is_there(self):
        assert {one.role for one in CONTACTS} == set(ContactRole.values) - {"GENERAL"}

    def test_nobody_can_be_called_or_written_to(self):
        for one in CONTACTS:
            assert re.fullmatch(r"021-0\d{7}", one.fields[Field.PHONE])
            assert one.fields[Field.EMAIL].endswith(".example")

    def test_not_every_unit_has_an_energy_manager(self):
        managers = [one for one in CONTACTS if one.role == "ENERGY_MANAGER"]
        assert len(managers) == 625


class TestLevelOf:
    def test_lies_within_six_hundredths_of_what_the_unit_uses(self):
        for unit in subjects.subjects():
            level = cards.level_of(unit, 1, 2024)
            assert Decimal("0.94") <= level.tce / unit.tce < Decimal("1.06")
            assert level.tce == level.tce.quantize(Decimal("0.0001"))
