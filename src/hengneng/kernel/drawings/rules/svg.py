"""Drawings as SVG text: what is drawn, how it is written, how a standalone one looks."""

import html
import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from hengneng.kernel.drawings.rules import text

_KIND = re.compile(r"[a-z0-9-]*")
_PREFIX = re.compile(r"[a-z][a-z0-9-]*")
_HREF = re.compile(r"(?:/(?!/)|#|\?).*", re.DOTALL)
# For paper: no page's custom properties reach a file of its own. Kinds without a colour are grey.
STYLE = """
.drawing{font-family:"Noto Sans SC","Noto Sans CJK SC","Microsoft YaHei","PingFang SC",sans-serif}
.drawing-box{fill:#fff;stroke:#43515e;stroke-width:1}
.drawing-line{fill:none;stroke:#7b8794;stroke-width:1.2}
.drawing-flow{fill:#7b8794;fill-opacity:.4}
.drawing-bar{fill:#43515e}
.drawing-title{fill:#16202b;font-size:13px;font-weight:600}
.drawing-text{fill:#43515e;font-size:11px}
.drawing-heading{fill:#43515e;font-size:12px;font-weight:600}
.is-level-1 .drawing-box{fill:#e6f1f6;stroke:#0b4f6c;stroke-width:1.6}
.is-level-2 .drawing-box{stroke:#0b4f6c}
.is-consumer .drawing-box{fill:#f4f6f8}
.is-owed .drawing-box{stroke:#b3261e;stroke-dasharray:5 3}
.drawing-line.is-owed{stroke:#b3261e;stroke-dasharray:5 3}
.is-power .drawing-bar,.drawing-flow.is-power{fill:#0f6a90}
.is-gas .drawing-bar,.drawing-flow.is-gas{fill:#a8530f}
.is-water .drawing-bar,.drawing-flow.is-water{fill:#1d7474}
.is-heat .drawing-bar,.drawing-flow.is-heat{fill:#a83a52}
.is-oil .drawing-bar,.drawing-flow.is-oil{fill:#6b5b2e}
.is-coal .drawing-bar,.drawing-flow.is-coal{fill:#4b4440}
.drawing-flow.is-unknown{fill:#fff;stroke:#7b8794;stroke-dasharray:5 3;fill-opacity:1}
"""


class NotDrawable(ValueError):
    """These values make no such drawing."""


class Node(NamedTuple):
    """A place in a drawing.

    Attributes:
        id: Its name among the nodes.
        title: What is written in it.
        lines: Further short lines.
        column: It stands in this column or further right, from 0.
        kind: A word of its style, like ``level-1`` or ``power``: class ``is-…``.
        href: Where it leads, a path of the page's own site; empty: nowhere.
    """

    id: str
    title: str
    lines: tuple[str, ...] = ()
    column: int = 0
    kind: str = ""
    href: str = ""


def number(value: float) -> str:
    """Return a coordinate with at most two places.

    >>> number(3.0), number(1 / 3), number(-0.001)
    ('3', '0.33', '0')
    """
    written = f"{value:.2f}".rstrip("0").rstrip(".")
    return "0" if written == "-0" else written


def element(name: str, attributes: Mapping[str, str | float], *content: str) -> str:
    """Return one element; its content is SVG already, its attributes are not.

    Args:
        name: Of the element.
        attributes: By name; numbers are coordinates, empty texts are left out.
        content: SVG.
    """
    written = {
        key: value if isinstance(value, str) else number(value) for key, value in attributes.items()
    }
    said = "".join(f' {key}="{html.escape(value)}"' for key, value in written.items() if value)
    return f"<{name}{said}>{''.join(content)}</{name}>" if content else f"<{name}{said}/>"


def words(name: str, value: str, **attributes: str | float) -> str:
    """Return an element that holds words.

    Args:
        name: ``text``, ``title`` or ``desc``.
        value: The words.
        attributes: By name, ``class_`` for the class.
    """
    given = {key.rstrip("_").replace("_", "-"): told for key, told in attributes.items()}
    return element(name, given, html.escape(text.plain(value), quote=False))


def classes(base: str, kind: str) -> str:
    """Return the class of a thing and of its kind.

    Raises:
        NotDrawable: If the kind is no word of small letters, digits and hyphens.

    >>> classes("drawing-node", "level-1"), classes("drawing-node", "")
    ('drawing-node is-level-1', 'drawing-node')
    """
    if not _KIND.fullmatch(kind):
        raise NotDrawable(f"{kind!r} is no kind")
    return f"{base} is-{kind}" if kind else base


def group(node: Node, *content: str) -> str:
    """Return what is drawn of a node, with its words in full, as a link where it leads anywhere.

    Raises:
        NotDrawable: If it leads to another site.
    """
    said = " · ".join(part for part in (node.title, *node.lines) if part)
    drawn = element(
        "g", {"class": classes("drawing-node", node.kind)}, words("title", said), *content
    )
    if not node.href:
        return drawn
    if not _HREF.fullmatch(node.href):
        raise NotDrawable(f"{node.href!r} is no path of this site")
    return element("a", {"href": node.href}, drawn)


def drawing(
    content: Iterable[str],
    *,
    size: tuple[float, float],
    title: str,
    description: str,
    prefix: str,
    standalone: bool,
) -> str:
    """Return the whole drawing.

    Args:
        content: Its parts, already SVG.
        size: Width and height. [px]
        title: What it shows.
        description: What is to be seen in it, for who cannot.
        prefix: Begins its ids, so that a page may hold several.
        standalone: Whether it brings its own style, for a file or a document; links are no use
            there, and a page's policy would refuse the style.

    Raises:
        NotDrawable: If the prefix cannot begin an id.
    """
    if not _PREFIX.fullmatch(prefix):
        raise NotDrawable(f"{prefix!r} cannot begin an id")
    width, height = size
    inside = "".join(content)
    attributes: dict[str, str | float] = {
        "xmlns": "http://www.w3.org/2000/svg",
        "class": "drawing",
        "viewBox": f"0 0 {number(width)} {number(height)}",
        "width": width,
        "height": height,
        # A picture hides its links from who listens; with links it is a group of them.
        "role": "group" if "<a " in inside else "img",
        "aria-labelledby": f"{prefix}-title {prefix}-desc",
    }
    head = words("title", title, id=f"{prefix}-title")
    head += words("desc", description, id=f"{prefix}-desc")
    style = element("style", {}, STYLE) if standalone else ""
    return element("svg", attributes, head, style, inside)
