import pytest
from django.test import RequestFactory

from hengneng.web.parts import frame
from hengneng.web.parts.tags import sorting


@pytest.mark.parametrize(
    ("text", "number"),
    [("2", 2), ("0", 1), ("-1", 1), ("x", 1), ("٣", 1), ("9" * 40, 1), ("999999", 100_000)],
)
def test_a_page_number_is_a_number(text, number):
    assert frame.page_number(RequestFactory().get("/", {"page": text})) == number


def test_a_page_knows_its_neighbours():
    place = frame.place_of(2, size=50, total=130)
    assert (place.first, place.last, place.pages, place.previous, place.next) == (51, 100, 3, 1, 3)


def test_an_empty_list_has_no_pages():
    assert frame.place_of(1, size=50, total=0) == frame.Place(1, 0, 1, 0, 0)


@pytest.mark.parametrize(
    ("order", "head"),
    [
        ("name", {"next": "-name", "now": "ascending"}),
        ("-name", {"next": "name", "now": "descending"}),
        ("code", {"next": "name", "now": ""}),
    ],
)
def test_a_column_s_head_turns_the_order_round(order, head):
    assert sorting(order, "name") == head
