import pytest

from hengneng.demo import bar


@pytest.mark.parametrize(
    ("done", "total", "shown"),
    [
        (0, 10, "x  [........................] 0/10, … "),
        (5, 10, "x  [############............] 5/10, 10 s left "),
        (10, 10, "x  [########################] 10/10, 0 s left "),
        (0, 0, "x  [########################] 0/0, 0 s left "),
    ],
)
def test_text(done, total, shown):
    assert bar.text_of("x", done, total, seconds=10) == shown


def test_a_log_gets_the_last_line(capsys):
    shown = bar.Bar("sending", 3)

    shown.advance()
    shown.advance(2)
    shown.end()

    assert capsys.readouterr().err.splitlines()[-1] == (
        "sending  [########################] 3/3, 0 s left "
    )
