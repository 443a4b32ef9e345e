"""How much room words take, and how they are cut to fit."""

import unicodedata

# Shares of the font's size; Chinese characters fill the square, Latin letters about half of it.
_WIDE, _NARROW, _CAPITAL = 1.0, 0.55, 0.68
_CUT = "…"


def plain(text: str) -> str:
    """Return a text in one line, without what XML cannot hold.

    >>> plain(" 总\\x00进\\u3000线\\n1 ")
    '总进 线 1'
    """
    return "".join(sign for sign in " ".join(text.split()) if sign.isprintable())


def width_of(text: str, size: float) -> float:
    """Return about how wide a line is in a sans-serif face. [px]

    Args:
        text: The line.
        size: Of the font. [px]
    """
    return sum(map(_share, text)) * size


def lines_of(text: str, *, width: float, size: float, most: int) -> list[str]:
    """Return a text broken into lines that fit; what does not fit the last one is cut.

    Args:
        text: The text; Chinese is broken anywhere, Latin words at spaces where they can be.
        width: Room for a line. [px]
        size: Of the font. [px]
        most: Lines there may be, at least 1. [count]

    >>> lines_of("制冷机房总进线", width=48, size=12, most=2)
    ['制冷机房', '总进线']
    >>> lines_of("制冷机房总进线柜", width=36, size=12, most=2)
    ['制冷机', '房总…']
    """
    left = plain(text)
    lines: list[str] = []
    while left and len(lines) < most:
        end = _fitting(left, width, size)
        if end == len(left):
            return [*lines, left]
        if len(lines) == most - 1:
            end = _fitting(left, width - width_of(_CUT, size), size)
            return [*lines, left[:end].rstrip() + _CUT]
        end = _end_of_word(left, end)
        lines.append(left[:end].rstrip())
        left = left[end:].lstrip()
    return lines


def _fitting(text: str, width: float, size: float) -> int:
    """Return how many signs fit, at least one. [count]"""
    used = 0.0
    for count, sign in enumerate(text):
        used += _share(sign) * size
        if used > width:
            return max(count, 1)
    return len(text)


def _end_of_word(text: str, end: int) -> int:
    """Return where to break at or before a place: after a space, unless a word fills the line."""
    if _share(text[end]) == _WIDE or text[end] == " " or _share(text[end - 1]) == _WIDE:
        return end
    space = text.rfind(" ", 0, end)
    return space + 1 if space > 0 else end


def _share(sign: str) -> float:
    """Return a sign's width as a share of the font's size. [1]"""
    if unicodedata.east_asian_width(sign) in {"W", "F", "A"}:
        return _WIDE
    return _CAPITAL if sign.isupper() or sign in "%@&" else _NARROW
