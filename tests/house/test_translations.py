"""Every text for people has its Chinese."""

from hengneng.script import translations


def test_every_text_has_its_chinese():
    waiting = [f"{text.key[0]!r} ({', '.join(text.places)})" for text in translations.missing()]
    assert not waiting, (
        f"{len(waiting)} texts without Chinese: {waiting[:20]}; run ./hengneng fix, then fill in"
        f" {translations.CATALOGUE.name}"
    )


def test_the_catalogue_holds_nothing_needless():
    needless = translations.needless()
    assert not needless, f"{needless[:20]}: no file uses them; run ./hengneng fix"


class TestTheExtraction:
    def test_finds_texts_in_python(self, tmp_path):
        path = tmp_path / "views.py"
        path.write_text('title = _("Points")\nname = pgettext("month", "May")\nplain = str("x")\n')
        assert translations.extracted(path) == [("Points", None), ("May", "month")]

    def test_finds_texts_in_templates(self, tmp_path):
        path = tmp_path / "unit.html"
        path.write_text(
            '{% load i18n %}<h1>{% translate "A day" %}</h1><c-x label="{{ _("Y") }}"/>'
        )
        assert translations.extracted(path) == [("A day", None), ("Y", None)]

    def test_finds_what_rules_say_of_themselves_in_words(self, tmp_path):
        path = tmp_path / "rules.toml"
        path.write_text(
            '[[edition]]\nedition = "general statistics"\nclause = "annex A"\nscope = "nation"\n'
            '[[edition.cycle]]\nkind = "WATER_METER"\nclause = "up to 25 mm"\n'
            '[[edition]]\nedition = "GB/T 2589-2020"\nscope = "LOCAL"\n'
            '[[edition]]\nedition = "hengneng-1"\n'
        )
        said = ["general statistics", "annex A", "nation", "up to 25 mm"]
        assert translations.extracted(path) == [(text, None) for text in said]
