"""Documents say what the code says: generated ones are fresh, verbs and settings are written of."""

import re

import pytest

from hengneng.script import discovery, documents, environment, rooms

READMES = ("README.md", "README.zh-CN.md")
VERB = re.compile(r"\./hengneng ([a-z][a-z-]*)")
VARIABLE = re.compile(r"\bHENGNENG_[A-Z_]+\b")
LINK = re.compile(r"\]\(([^)#\s]+)(?:#[^)]*)?\)")
# What the tests' processes tell each other.
TESTS_OWN = ("HENGNENG_TEST_FOLDER",)


def written_documents():
    return [*(rooms.ROOT / name for name in READMES), *(rooms.ROOT / "docs").rglob("*.md")]


def verbs_named(text: str) -> set[str]:
    return set(VERB.findall(text))


def test_generated_documents_are_fresh():
    stale = [path.name for path in documents.stale()]
    assert not stale, f"docs/reference/{stale}: run ./hengneng fix and commit what it writes"


@pytest.mark.parametrize("name", READMES)
def test_every_verb_is_in_the_readme(name):
    text = (rooms.ROOT / name).read_text(encoding="utf-8")
    absent = discovery.verbs().keys() - verbs_named(text)
    assert not absent, f"{name}: write a line about `./hengneng {sorted(absent)}`"


@pytest.mark.parametrize("path", written_documents(), ids=lambda p: str(p.relative_to(rooms.ROOT)))
class TestWhatIsWritten:
    def test_names_only_verbs_that_exist(self, path):
        unknown = (
            verbs_named(path.read_text(encoding="utf-8")) - discovery.verbs().keys() - {"VERB"}
        )
        assert not unknown, f"{path.name}: no such verbs: {sorted(unknown)}"

    def test_names_only_settings_that_exist(self, path):
        unknown = set(VARIABLE.findall(path.read_text(encoding="utf-8"))) - set(
            environment.VARIABLES
        )
        assert not unknown, f"{path.name}: no such settings: {sorted(unknown)}"

    def test_links_lead_somewhere(self, path):
        targets = LINK.findall(path.read_text(encoding="utf-8"))
        local = [target for target in targets if "://" not in target]
        broken = [target for target in local if not (path.parent / target).exists()]
        assert not broken, f"{path.name}: broken links {broken}"


class TestSettings:
    def used(self) -> set[str]:
        files = [*rooms.sources(), rooms.ROOT / "hengneng", rooms.ROOT / "tests" / "conftest.py"]
        ours = rooms.PACKAGE / "script" / "environment.py"
        texts = [path.read_text(encoding="utf-8") for path in files if path != ours]
        names = {name for text in texts for name in VARIABLE.findall(text)}
        return {name for name in names if name not in TESTS_OWN}

    def test_every_variable_read_is_explained(self):
        unexplained = self.used() - set(environment.VARIABLES) - environment.INTERNAL
        assert not unexplained, f"{sorted(unexplained)}: explain it in script/environment.py"

    def test_every_variable_explained_is_read(self):
        unread = (set(environment.VARIABLES) | environment.INTERNAL) - self.used()
        assert not unread, f"{sorted(unread)}: take it out of script/environment.py"
