"""Run one verb: ``./hengneng VERB …``."""

import argparse
import errno
import importlib
import os
import signal
import sys
from types import FrameType, ModuleType

from hengneng.script import discovery
from hengneng.script.discovery import Verb

_HELP = {"", "-h", "--help", "help"}
# Refusals of the operating system that a person can mend.
_MENDABLE = {
    errno.EACCES,
    errno.EPERM,
    errno.EROFS,
    errno.ENOSPC,
    errno.ENOENT,
    errno.ENOTDIR,
    errno.EISDIR,
    errno.EEXIST,
}


def main(arguments: list[str]) -> int:
    """Find the verb and run it; return the exit code."""
    verbs = discovery.verbs()
    name = arguments[0] if arguments else ""
    if name in _HELP:
        print(listing(verbs))
        return 0
    if name not in verbs:
        return refuse(f"there is no verb {name!r}; ./hengneng alone lists them.", code=2)
    signal.signal(signal.SIGTERM, _leave)
    try:
        return run(verbs[name], arguments[1:])
    except KeyboardInterrupt:
        return refuse("interrupted.", code=130)
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def listing(verbs: dict[str, Verb]) -> str:
    """Return what ``./hengneng`` alone prints."""
    width = max(map(len, verbs), default=0)
    lines = [f"  {verb.name:<{width}}  {verb.help}" for verb in verbs.values()]
    head = "Hengneng 衡能: a city's energy metering.\n\nUse: ./hengneng VERB [--help]\n"
    return "\n".join([head, *lines])


def run(verb: Verb, arguments: list[str]) -> int:
    """Give the verb its parser and, where it needs one, its database; run it."""
    # Not at the top: without a verb this file runs on a Python that has no package but ours.
    import psycopg

    from hengneng.kernel.postgres.queries import CannotServe
    from hengneng.script import database

    module: ModuleType | None = None
    try:
        data_dir = database.settle_environment()
        if not verb.needs_database or {"-h", "--help"} & set(arguments):
            if verb.needs_database:
                _set_up_django()
            module = importlib.import_module(verb.module)
            return act(verb, module, arguments)
        if verb.needs_city:
            database.refuse_empty(data_dir)
        with database.server(data_dir):
            _set_up_django()
            module = importlib.import_module(verb.module)
            options = parse(verb, module, arguments)
            database.make_ready()
            return int(module.run(options))
    except (CannotServe, *getattr(module, "ANTICIPATED", ())) as refusal:
        return refuse(str(refusal) or (type(refusal).__doc__ or "").strip())
    except psycopg.OperationalError as error:
        return refuse(f"the database does not answer: {str(error).partition(chr(10))[0]}")
    except OSError as error:
        if error.errno not in _MENDABLE or error.filename is None:
            raise
        return refuse(f"{error.filename}: {error.strerror}; mend that, then run it again.")


def act(verb: Verb, module: ModuleType, arguments: list[str]) -> int:
    """Run a verb that needs no database made ready for it."""
    return int(module.run(parse(verb, module, arguments)))


def parse(verb: Verb, module: ModuleType, arguments: list[str]) -> argparse.Namespace:
    """Return the verb's options; argparse itself answers wrong ones."""
    parser = argparse.ArgumentParser(prog=f"./hengneng {verb.name}", description=module.__doc__)
    module.arguments(parser)
    return parser.parse_args(arguments)


def refuse(sentence: str, *, code: int = 1) -> int:
    """Say on the error stream why the verb was not done; return the exit code."""
    print(f"hengneng: {sentence}", file=sys.stderr)
    return code


def _set_up_django() -> None:
    """Load settings and models."""
    import django

    django.setup()


def _leave(number: int, _frame: FrameType | None) -> None:
    """Unwind on SIGTERM, so that what was started is stopped."""
    sys.exit(128 + number)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
