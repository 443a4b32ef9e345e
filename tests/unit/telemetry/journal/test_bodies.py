import hashlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.telemetry.journal import synthetic

from hengneng.telemetry.journal import bodies

# A shipped dictionary never changes: messages packed with it could not be unpacked.
DICTIONARIES = {"1.zdict": "d0c2d5de9e2025151fb092e2465e0093e342854231eedfec2d95882cdaf37db5"}


@given(st.binary(max_size=2000))
def test_the_exact_bytes_come_back(raw):
    packed = bodies.pack(raw)

    assert bodies.unpack(packed.body, dictionary=packed.dictionary) == raw


def test_a_message_is_packed_to_a_fraction():
    raw = synthetic.national_message(10**6, records=100)

    assert len(bodies.pack(raw).body) * 10 < len(raw)


def test_damage_is_said():
    packed = bodies.pack(synthetic.national_message(1, records=10))

    with pytest.raises(bodies.Unreadable):
        bodies.unpack(packed.body[:-9], dictionary=packed.dictionary)


def test_an_unknown_dictionary_is_said():
    with pytest.raises(bodies.Unreadable):
        bodies.unpack(bodies.pack(b"{}").body, dictionary=99)


def test_shipped_dictionaries_are_what_they_were():
    folder = Path(bodies.__file__).parent / "dictionaries"
    found = {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.glob("*.zdict")}

    assert found == DICTIONARIES
