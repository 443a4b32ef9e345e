"""The WSGI application that granian serves."""

import os
from collections.abc import Iterable
from typing import Any

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hengneng.settings")
_everything = get_wsgi_application()

from hengneng.web.terminals import handler  # noqa: E402 - Django is set up by the line above

_terminals = handler.TerminalHandler()


def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
    """Hand terminals to their own short chain, everything else to the full one."""
    is_terminal = environ["PATH_INFO"].startswith(handler.PREFIXES)
    return (_terminals if is_terminal else _everything)(environ, start_response)
