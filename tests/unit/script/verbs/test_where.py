"""From a word to its file."""

import argparse

import pytest

from hengneng.script.verbs import where


@pytest.mark.parametrize("word", ["计量点", "metering point", "Point"])
def test_a_word_of_the_glossary_leads_to_room_and_file(word, capsys):
    assert where.run(argparse.Namespace(word=word)) == 0
    said = capsys.readouterr().out
    assert "计量点 | metering point | `Point`" in said
    assert "registry/points:" in said
    assert ": Point\n" in said


def test_an_unknown_word_is_sent_to_the_glossary(capsys):
    assert where.run(argparse.Namespace(word="flux capacitor")) == 1
    assert "glossary.md" in capsys.readouterr().out
