"""The gateway without the server: ``python -m hengneng.gateway run CONFIG``."""

import argparse
import logging
import sys

from hengneng.gateway import commands


def main(asked: list[str]) -> int:
    """Do what is asked; return the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    parser = argparse.ArgumentParser(
        prog="python -m hengneng.gateway", description=commands.__doc__
    )
    commands.arguments(parser)
    try:
        return commands.run(parser.parse_args(asked), lambda text: sys.stdout.write(f"{text}\n"))
    except (*commands.ANTICIPATED, *commands.MENDABLE) as error:
        sys.stderr.write(f"hengneng gateway: {commands.refusal(error)}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
