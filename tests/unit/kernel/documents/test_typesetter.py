"""Which characters the typesetter's fonts have, and what becomes of others."""

import pylopdf_fonts_zh_cn as fonts
import pytest

from hengneng.kernel.documents import typesetter

SERIF = fonts.serif_path().read_bytes()


class TestCharacters:
    @pytest.mark.parametrize("character", "能 衡㎡℃³×A1，（㐀")
    def test_the_font_has_what_forms_are_written_in(self, character):
        assert ord(character) in typesetter.characters(SERIF)

    @pytest.mark.parametrize("character", "\x07😀")
    def test_the_font_lacks_what_is_no_writing(self, character):
        assert ord(character) not in typesetter.characters(SERIF)

    def test_a_font_without_the_table_is_refused(self):
        with pytest.raises(typesetter.NoCharacters):
            typesetter.characters(b"OTTO\x00\x00" + bytes(10))


class TestShown:
    def test_a_rare_character_is_printed_by_its_number(self):
        known = {ord("王"), ord("名")}

        assert typesetter.shown(["王😀", {"名": 7}], known) == ["王〔U+1F600〕", {"名": 7}]

    def test_lines_and_tabs_stay(self):
        assert typesetter.shown("\t\n", set()) == "\t\n"
