"""What a clause line names."""

import pytest

from hengneng.script import clauses


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Notice 三(二)2, 四; ARCHITECTURE 1.1", ["三(二)2", "四"]),
        ("Notice head and 一(一), annex 3", ["head", "一(一)", "annex 3"]),
        ('Notice 三（一） "一级"', ["三(一)"]),
        ("Notice 321 (2020), II(2)2", ["二(二)2"]),
        ("Notice 321 (2020), V(3)", ["五(三)"]),
        ("GB 17167, 一", []),
    ],
)
def test_clauses_of_the_notice(text, found):
    assert clauses.notice_clauses(text) == found


def test_what_is_in_no_notice_and_no_standard():
    assert clauses.unknown_sources("Notice 六; GB 17167; a friend") == ["六", "a friend"]


@pytest.mark.parametrize(
    ("text", "answer"),
    [("Notice 四", True), ("JJF 1356, 4", True), ("ARCHITECTURE 9", False), ("", False)],
)
def test_a_duty_rests_on_more_than_the_houses_own_papers(text, answer):
    assert clauses.names_a_duty(text) is answer


def test_the_notice_has_five_chapters_and_four_annexes():
    chapters = [clause for clause in clauses.NOTICE if len(clause) == 1]
    assert chapters == ["一", "二", "三", "四", "五"]
    assert sum(clause.startswith("annex") for clause in clauses.NOTICE) == 4
