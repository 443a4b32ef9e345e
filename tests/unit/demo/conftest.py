import pytest

from hengneng.demo import people
from hengneng.demo.further import units as further
from hengneng.demo.further.catalogue import Manner
from hengneng.demo.ledgers import subjects as ledgers
from hengneng.demo.ledgers import telling

FEW = 12


@pytest.fixture
def few_units(monkeypatch):
    """The city with its first further units alone, one of each manner and the people's plant."""
    every = further.units()
    odd = {next(u for u in every if u.manner is manner) for manner in Manner}
    odd.add(people.plant())
    chosen = tuple(unit for place, unit in enumerate(every) if place < FEW or unit in odd)
    monkeypatch.setattr(further, "units", lambda: chosen)
    _forget()
    yield chosen
    _forget()


def _forget():
    ledgers.subjects.cache_clear()
    telling.punctual.cache_clear()
