"""What the generated reference says."""

import argparse
from enum import StrEnum

from hengneng.kernel.imports import kinds
from hengneng.script import documents


class Light(StrEnum):
    RED = "RED"
    GREEN = "GREEN"


def test_a_diagram_begins_with_the_first_row_and_closes_at_dead_ends():
    table = {(Light.RED, Light.GREEN): Light.GREEN}
    assert documents._diagram(table) == [
        "```mermaid",
        "stateDiagram-v2",
        "    [*] --> RED",
        "    RED --> GREEN: GREEN",
        "    GREEN --> [*]",
        "```",
    ]


def test_arguments_are_listed_as_they_are_typed():
    parser = argparse.ArgumentParser()
    parser.add_argument("code", help="a unit")
    parser.add_argument("file", nargs="?")
    parser.add_argument("-n", "--number", metavar="N", help="how many")
    below = parser.add_subparsers().add_parser("make", help="make it")
    below.add_argument("--json", action="store_true", help="as JSON")

    assert documents._arguments(parser) == [
        "- `CODE` a unit",
        "- `[FILE]`",
        "- `--number N` how many",
        "- `make` make it",
        "- `make --json` as JSON",
    ]


def test_a_clause_served_in_its_parts_says_so():
    serving = {"三": [], "三(一)": ["registry/points"], "五": []}
    assert documents._elsewhere("三", serving) == "in its parts"
    assert documents._elsewhere("五", serving) == "not yet"


def test_a_changed_document_is_stale(tmp_path):
    path = tmp_path / "clauses.md"
    assert not documents._says(path, "old")
    path.write_text("old")
    assert documents._says(path, "old")
    assert not documents._says(path, "new")


def test_planted_faults_are_listed_with_what_a_person_sees():
    text = documents.faults()

    assert (
        "| outage-of-six-hours | 12310106DEM000030J | E-1 | 47 | 24 readings are missing;" in text
    )
    assert "| `NEVER` | 12 | was never connected: points, but no terminal and no data |" in text


def test_the_scoreboard_is_told_case_by_case():
    text = documents.faults()

    assert "| `outage-resent` | Let the line be down; all of it is sent again afterwards" in text
    assert text.startswith("# Faults\n\n## The scoreboard\n\n`./hengneng faults` plays")


def test_every_list_to_import_is_told_column_by_column():
    text = documents.imports()

    assert {f"## {kind}" for kind in kinds.importers()} <= set(text.splitlines())
    assert "| **`year`** | 年度 | 年份、名单年度、考核年度 | the list's year |" in text
    assert "| `tier` | 级别 |" in text
