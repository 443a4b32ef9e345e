"""A document as a PDF file."""

import subprocess
import sys
from pathlib import Path

from hengneng.kernel.documents import rules
from hengneng.kernel.documents.rules import Document

_TYPESETTER = Path(__file__).with_name("typesetter.py")
SECONDS_MAX = 300


class NotTypeset(RuntimeError):
    """The typesetter did not make a document of what it was given."""


def pdf(document: Document, *, seconds_max: float = SECONDS_MAX) -> bytes:
    """Return a document as PDF/A-2a; the same document gives the same bytes.

    Call it in a worker: it takes about a second, half a minute for tens of thousands of rows.

    Args:
        document: The document.
        seconds_max: After which time the typesetter is stopped. [s]

    Raises:
        NotTypeset: If the typesetter refused, failed or took too long; the text says why.
        UnevenRows: If a row has more or fewer cells than its table has columns.
    """
    second = int(document.made_at.timestamp())
    # Isolated: neither the environment's secrets nor this folder's names reach the imports.
    command = [sys.executable, "-I", str(_TYPESETTER), str(second)]
    try:
        done = subprocess.run(
            command,
            input=rules.as_json(document).encode(),
            capture_output=True,
            check=False,
            env={},
            timeout=seconds_max,
        )
    except subprocess.TimeoutExpired as error:
        raise NotTypeset(f"{document.title}: not done after {seconds_max:g} s") from error
    if done.returncode != 0:
        reason = done.stderr.decode(errors="replace").strip()[-2000:]
        raise NotTypeset(f"{document.title}: {reason or f'ended by {done.returncode}'}")
    return done.stdout
