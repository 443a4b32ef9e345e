"""The reference that writes itself: modules, clauses, workflows, commands, faults, settings …"""

import argparse
import importlib
import inspect
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from pathlib import Path

from hengneng.bench.faults import board
from hengneng.demo import faults as demo_faults
from hengneng.demo.further import catalogue
from hengneng.kernel.imports import kinds
from hengneng.kernel.imports.rules import Importer
from hengneng.script import clauses, discovery, environment, rooms, tables

FOLDER = rooms.ROOT / "docs" / "reference"
WRITTEN = "<!-- Written by ./hengneng fix from the code; do not edit. -->"


def documents() -> dict[Path, str]:
    """Return every generated document: where it goes and what it says."""
    makers: dict[str, Callable[[], str]] = {
        "clauses": clause_map,
        "commands": commands,
        "data": tables.dictionary,
        "faults": faults,
        "imports": imports,
        "modules": modules,
        "settings": settings,
        "workflows": workflows,
    }
    return {FOLDER / f"{name}.md": f"{WRITTEN}\n\n{make()}" for name, make in makers.items()}


def stale() -> list[Path]:
    """Return the generated documents that no longer say what the code says."""
    return [path for path, text in documents().items() if not _says(path, text)]


def write() -> list[Path]:
    """Write the generated documents that are stale; return them."""
    changed = stale()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in changed:
        path.write_text(documents()[path], encoding="utf-8")
    return changed


def modules() -> str:
    """Return the module map: each room's duty, clauses and files, by floor from the top."""
    lines = ["# Modules", "", "Floors, top first. A floor imports from those below it only.", ""]
    floor = ""
    for room in rooms.rooms():
        if room.name.split("/")[0] != floor:
            floor = room.name.split("/")[0]
            lines += [f"## {floor}", ""]
        lines += [f"### {room.name}", "", f"{room.duty}.", ""]
        lines += [f"- Clauses: {room.clauses}"] if room.clauses else []
        lines += [f"- Words: {', '.join(room.words)}"] if room.words else []
        lines += [f"- Files: {', '.join(_file_names(room))}", ""]
    return "\n".join(lines)


def clause_map() -> str:
    """Return the clause map: each clause of the Notice with the rooms that serve it."""
    serving: dict[str, list[str]] = {clause: [] for clause in clauses.NOTICE}
    for room in rooms.rooms():
        for clause in dict.fromkeys(clauses.notice_clauses(room.clauses)):
            serving[clause].append(room.name)
    rows = [
        (clause, heading, ", ".join(map(_room_link, names)) or _elsewhere(clause, serving))
        for (clause, heading), names in zip(clauses.NOTICE.items(), serving.values(), strict=True)
    ]
    head = "# Clauses\n\nNotice 321 (2020), clause by clause, and the rooms that serve each.\n\n"
    return head + _table(("Clause", "Heading", "Rooms"), rows)


def workflows() -> str:
    """Return a diagram of every transition table."""
    lines = ["# Workflows", "", "Drawn from each room's `states.py`; the table is the truth.", ""]
    for room in rooms.rooms():
        for name, table in _transition_tables(room):
            title = room.name if name == "TRANSITIONS" else f"{room.name}: {name.lower()}"
            lines += [f"## {title}", "", *_diagram(table), ""]
    return "\n".join(lines)


def commands() -> str:
    """Return every verb of the script with its arguments."""
    lines = ["# Commands", "", "`./hengneng VERB --help` says the same.", ""]
    for verb in discovery.verbs().values():
        module = importlib.import_module(verb.module)
        parser = argparse.ArgumentParser(prog=f"./hengneng {verb.name}", add_help=False)
        module.arguments(parser)
        lines += [f"## {verb.name}", "", *_paragraphs(module.__doc__ or ""), ""]
        lines += [*listed, ""] if (listed := _arguments(parser)) else []
    return "\n".join(lines)


def faults() -> str:
    """Return the scoreboard of faults, and what goes wrong in the demo city on purpose."""
    lines = ["# Faults", "", *_scoreboard(), "## Planted at the demo city's review units", ""]
    lines += ["What goes wrong there on purpose. Days count from the first day on which their"]
    lines += ["meters are read each quarter hour.", ""]
    rows = [
        (one.name, one.unit, one.point or "-", str(one.day), one.shows)
        for one in demo_faults.faults()
    ]
    lines += [_table(("Fault", "Unit", "Point", "Day", "What a person sees"), rows)]
    lines += ["## Planted at its further units", ""]
    odd = [
        (f"`{one.manner}`", str(one.units), one.shows)
        for one in catalogue.catalogue().misbehaviours
    ]
    lines += [_table(("Manner", "Units", "What a person sees: the unit…"), odd)]
    return "\n".join(lines).rstrip() + "\n"


def _scoreboard() -> list[str]:
    """Return the scoreboard as it was kept last, each case with what happens in it."""
    told = board.kept()
    passed = sum(row["pass"] for row in told["cases"])
    head = ("Case", "What happens", *board.HEAD[1:-1], "Outcome")
    return [
        "## The scoreboard",
        "",
        *board.EXPLAINED,
        "",
        f"Played last with seed {told['seed']}: {passed} of {len(told['cases'])} pass.",
        "",
        _table(head, board.reference()),
    ]


def imports() -> str:
    """Return every kind of list that can be imported, column by column."""
    lines = ["# Lists to import", ""]
    lines += [
        "How: [get a ledger in](../how-to/get-a-ledger-in.md). A heading is recognised by the"
    ]
    lines += [
        "column's name, its Chinese heading or any other listed. **Bold**: every row fills it."
    ]
    own = ", ".join(f"`{kind}`" for kind in sorted(kinds.kept_by_units()))
    lines += ["", f"Officials bring every kind; a unit brings {own} of its own in the portal."]
    lines += ["By program: [the open API](api.md)."]
    for kind, importer in sorted(kinds.importers().items()):
        lines += ["", f"## {kind}", "", _columns(importer()).rstrip()]
    return "\n".join(lines) + "\n"


def settings() -> str:
    """Return the environment variables that the product reads."""
    head = "# Settings\n\nWhat differs between machines comes from the environment.\n\n"
    rows = [(f"`{name}`", text) for name, text in sorted(environment.VARIABLES.items())]
    return head + _table(("Variable", "Meaning"), rows)


def _columns(importer: Importer) -> str:
    """Return the table of a list's columns."""
    head = ("Column", "Chinese heading", "Other headings", "What goes into it")
    rows = [
        (
            f"**`{one.name}`**" if one.required else f"`{one.name}`",
            one.zh,
            "、".join(one.aliases),
            one.help,
        )
        for one in importer.columns
    ]
    return _table(head, rows)


def _says(path: Path, text: str) -> bool:
    """Answer whether a file holds exactly this text."""
    return path.exists() and path.read_text(encoding="utf-8") == text


def _paragraphs(docstring: str) -> list[str]:
    """Return a docstring's lines as they stand, without their indentation."""
    return inspect.cleandoc(docstring).splitlines()


def _file_names(room: rooms.Room) -> list[str]:
    """Return a room's files as links; a package of parts as its folder."""
    within = [path.relative_to(room.folder).as_posix() for path in room.files]
    return [f"`{name}`" for name in within if name not in {"__init__.py", "apps.py"}]


def _room_link(name: str) -> str:
    """Return a link to a room in the module map."""
    return f"[{name}](modules.md#{name.replace('/', '')})"


def _elsewhere(clause: str, serving: Mapping[str, list[str]]) -> str:
    """Return what to say of a clause that no room names."""
    parts = [names for part, names in serving.items() if part.startswith(clause) and names]
    return "in its parts" if parts else "not yet"


def _transition_tables(
    room: rooms.Room,
) -> Iterable[tuple[str, Mapping[tuple[StrEnum, StrEnum], StrEnum]]]:
    """Yield the name and content of a room's transition tables."""
    if (room.folder / "states.py").exists():
        module = importlib.import_module(f"{room.module}.states")
        for name, value in vars(module).items():
            if name.endswith("TRANSITIONS"):
                yield name, value


def _diagram(table: Mapping[tuple[StrEnum, StrEnum], StrEnum]) -> list[str]:
    """Return one table as a state diagram."""
    first = next(iter(table))[0]
    steps = [f"    {state} --> {after}: {event}" for (state, event), after in table.items()]
    ends = sorted(set(table.values()) - {state for state, _ in table})
    closing = [f"    {state} --> [*]" for state in ends]
    return ["```mermaid", "stateDiagram-v2", f"    [*] --> {first}", *steps, *closing, "```"]


def _arguments(parser: argparse.ArgumentParser, prefix: str = "") -> list[str]:
    """Return a line per argument; a sub-command's after it."""
    lines = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            about = {choice.dest: choice.help or "" for choice in action._choices_actions}
            for name, below in action.choices.items():
                lines += [f"- `{prefix}{name}` {about.get(name, '')}".rstrip()]
                lines += _arguments(below, f"{prefix}{name} ")
        elif "--help" not in action.option_strings:
            lines.append(f"- `{prefix}{_form(action)}` {action.help or ''}".rstrip())
    return lines


def _form(action: argparse.Action) -> str:
    """Return how an argument is typed."""
    value = action.metavar or (action.dest.upper() if action.nargs != 0 else "")
    named = value if isinstance(value, str) else " ".join(value)
    if not action.option_strings:
        return f"[{named}]" if action.nargs in {"?", "*"} else named
    return f"{action.option_strings[-1]} {named}".strip()


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """Return a Markdown table."""
    every = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(row)} |" for row in every) + "\n"
