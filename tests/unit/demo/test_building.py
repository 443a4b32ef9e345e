from datetime import UTC, datetime

import pytest

from hengneng.demo import building, city, founding, notices
from hengneng.demo.plan import plan_of
from hengneng.registry.units import operations as units

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)


class CutShort(Exception):
    """The machine was switched off."""


@pytest.fixture
def founding_one_unit(monkeypatch):
    """A founding that enters the first unit alone."""

    def found(_plan, *, at):
        code = city.units()[0].code
        units.create_unit(code=code, name="单位", by=None, at=at)
        return {code: "secret"}

    monkeypatch.setattr(founding, "found", found)


@pytest.mark.usefixtures("transactional_db", "founding_one_unit")
class TestFound:
    def test_cut_short_it_can_be_done_again(self, tmp_path, monkeypatch):
        def cut_short(_plan):
            raise CutShort

        wanted, path = plan_of(AT, days=60), tmp_path / "city.devices"
        with monkeypatch.context() as meanwhile:
            meanwhile.setattr(notices, "publish", cut_short)
            with pytest.raises(CutShort):
                building._found(wanted, path)
        assert not founding.is_founded()

        monkeypatch.setattr(notices, "publish", lambda _plan: None)

        assert building._found(wanted, path) == {city.units()[0].code: "secret"}
        assert founding.is_founded()
        assert building._found(wanted, path) == {city.units()[0].code: "secret"}
