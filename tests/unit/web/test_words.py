"""One state has one word, whichever front shows it."""

from types import SimpleNamespace

import pytest
from django.template.loader import render_to_string
from django.utils import translation

from hengneng import settings as platform
from hengneng.web.parts import marks

KNOWN = {
    "COMPLETE": SimpleNamespace(
        points=2, missing=0, partial=0, share="COMPLETE", is_complete=True, tonnes=1, types=(1,)
    ),
    "PARTIAL": SimpleNamespace(
        points=2, missing=1, partial=1, share="PARTIAL", is_complete=False, tonnes=1, types=(1,)
    ),
    "SILENT": SimpleNamespace(
        points=2, missing=2, partial=0, share="SILENT", is_complete=False, tonnes=None, types=(1,)
    ),
}
PIECES = {"portal/standing.html": set(KNOWN), "boards/lacks.html": {"COMPLETE"}}


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize(
    ("piece", "share"),
    [(piece, share) for piece, shares in PIECES.items() for share in sorted(shares)],
)
def test_how_much_of_a_sum_is_known(piece, share, language):
    with translation.override(language):
        shown = render_to_string(piece, {"total": KNOWN[share], "one": KNOWN[share]})

        assert f" {marks.SHARES[share].word}</span>" in shown


@pytest.mark.parametrize("page", ["desk/unit/year.html", "desk/unit/total_days.html"])
def test_the_desk_shows_the_same_words(page):
    text = (platform.PACKAGE / "web/desk/templates" / page).read_text()

    with translation.override("en"):
        for share in KNOWN:
            assert f'{{% translate "{marks.SHARES[share].word}" %}}' in text
