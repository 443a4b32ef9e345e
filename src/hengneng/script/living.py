"""The demo city's own process: ``python -m hengneng.script.living``, started by the verb demo."""

import argparse
import os
import signal
import sys
from pathlib import Path

import msgspec

from hengneng.script import processes


def main(words: list[str]) -> int:
    """Let the city live until told to stop; return the exit code."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--url", required=True)
    parser.add_argument("--folder", type=Path, required=True)
    parser.add_argument("--for", dest="seconds", type=float, default=None)
    options = parser.parse_args(words)
    supervisor = int(os.environ[processes.SUPERVISOR])
    processes.end_with(supervisor, by=signal.SIGTERM)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    import django

    django.setup()
    from hengneng.demo import field, living, memory, terminals
    from hengneng.script import person

    def report(result: living.Result) -> None:
        memory.write_secret(options.folder / "result.json", msgspec.json.encode(result))

    try:
        with person.acting():
            living.live(
                base_url=options.url,
                folder=options.folder,
                stop=processes.stop_event(),
                report=report,
                seconds=options.seconds,
            )
    except (terminals.NotReceived, living.MemoryLost, field.NotReady) as refusal:
        print(f"hengneng: the demo city falls silent: {refusal}", file=sys.stderr, flush=True)
        return 1
    finally:
        if options.seconds is not None:
            os.kill(supervisor, signal.SIGTERM)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
