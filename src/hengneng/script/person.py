"""Who runs the script: named in every audit entry that a verb causes."""

import os
import pwd
from contextlib import AbstractContextManager

from hengneng.kernel.audit import operations as audit


def acting() -> AbstractContextManager[None]:
    """Name the operating system's user in the entries recorded inside, as ``by_script``."""
    return audit.attributed(by_script=user())


def user() -> str:
    """Return the name of the operating system's user, or its number where it has no name."""
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return f"uid {os.geteuid()}"
