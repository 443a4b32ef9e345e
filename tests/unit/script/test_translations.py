"""Texts for people, and the catalogue they are looked up in."""

import pytest

from hengneng.script import translations

HEADER = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'


@pytest.fixture
def code_with_two_texts(tmp_path, monkeypatch):
    (tmp_path / "views.py").write_text('a = _("Points")\nb = _("Gaps")\n', encoding="utf-8")
    catalogue = tmp_path / "django.po"
    catalogue.write_text(
        HEADER + 'msgid "Points"\nmsgstr "计量点"\n\nmsgid "Old"\nmsgstr "旧"\n', encoding="utf-8"
    )
    monkeypatch.setattr(translations, "PACKAGE", tmp_path)
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    monkeypatch.setattr(translations, "CATALOGUE", catalogue)
    return catalogue


def test_what_is_missing_and_what_is_needless(code_with_two_texts):
    assert [text.key for text in translations.missing()] == [("Gaps", None)]
    assert translations.needless() == ["Old"]


def test_update_keeps_the_known_enters_the_new_and_drops_the_needless(code_with_two_texts):
    assert translations.update() == 1

    written = code_with_two_texts.read_text(encoding="utf-8")
    assert 'msgid "Points"\nmsgstr "计量点"' in written
    assert 'msgid "Gaps"\nmsgstr ""' in written
    assert "Old" not in written


def test_update_twice_writes_the_same(code_with_two_texts):
    translations.update()
    once = code_with_two_texts.read_bytes()
    translations.update()
    assert code_with_two_texts.read_bytes() == once
