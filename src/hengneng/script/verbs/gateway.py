"""Run a unit's gateway: read its meters on the clock, keep every reading, upload it.

Where only the `[gateway]` extra is installed, `python -m hengneng.gateway` does the same.
"""

import argparse
import logging

from hengneng.gateway import commands

NEEDS_DATABASE = False
ANTICIPATED = (*commands.ANTICIPATED, *commands.MENDABLE)


def arguments(parser: argparse.ArgumentParser) -> None:
    """Name what can be asked."""
    commands.arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Do what is asked; return the exit code."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    return commands.run(options, print)
