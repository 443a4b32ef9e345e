"""A person who asks the platform for its pages, and what the server says that they took."""

import http.cookiejar
import re
import secrets
import urllib.error
import urllib.parse
import urllib.request
from datetime import datetime
from email.message import Message

from hengneng.people.accounts import operations as accounts
from hengneng.people.accounts.rules.roles import Role
from hengneng.registry.bodies import queries as bodies

_NAME = "bench"
_TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')
_TIMING = re.compile(r"\bapp;dur=([0-9.]+)")
# Of a database that is thrown away after the run.
_PASSWORD = "Aa1-" + secrets.token_urlsafe(18)


class NotMeasured(Exception):
    """The platform did not show what was to be measured."""


def make_official(*, at: datetime) -> None:
    """Make the account of an official of the city.

    Args:
        at: Now. Aware.
    """
    regulator = next(one for one in bodies.bodies() if one.kind == "MUNICIPAL_REGULATOR")
    accounts.create_account(
        name=_NAME,
        password=_PASSWORD,
        role=Role.CITY_OFFICIAL,
        body_code=regulator.code,
        by=None,
        at=at,
    )


class Browser:
    """A person's session at the front."""

    def __init__(self, port: int) -> None:
        self._base = f"http://127.0.0.1:{port}"
        jar = urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
        self._opener = urllib.request.build_opener(jar)

    def read(self, address: str, **fields: str) -> str:
        """Return a page, or the answer to a form.

        Raises:
            NotMeasured: If there is none.
        """
        return self._asked(address, fields)[0]

    def time(self, address: str) -> float:
        """Return how long the server took for a page. [ms]

        Raises:
            NotMeasured: If there is no such page, or the server does not say.
        """
        _, headers = self._asked(address, {})
        said = _TIMING.search(headers.get("Server-Timing", ""))
        if said is None:
            raise NotMeasured(f"{address}: the server does not say how long it took")
        return float(said[1])

    def _asked(self, address: str, fields: dict[str, str]) -> tuple[str, Message]:
        """Return a page and its headers.

        Raises:
            NotMeasured: If there is none.
        """
        told = urllib.parse.urlencode(fields).encode() if fields else None
        headers = {"Referer": self._base + address}
        request = urllib.request.Request(self._base + address, told, headers)  # noqa: S310 ours
        try:
            with self._opener.open(request, timeout=60) as answer:
                return answer.read().decode(), answer.headers
        except urllib.error.URLError as error:
            raise NotMeasured(f"{address}: {error}") from error


def signed_in(port: int) -> Browser:
    """Return the session of the official.

    Args:
        port: Of the product.

    Raises:
        NotMeasured: If the official is not let in.
    """
    browser = Browser(port)
    token = _TOKEN.search(browser.read("/sign-in"))
    if token is None:
        raise NotMeasured("the sign-in page has no form")
    browser.read("/sign-in", username=_NAME, password=_PASSWORD, csrfmiddlewaretoken=token[1])
    if 'id="board"' not in browser.read("/boards/"):
        raise NotMeasured("the official was not let in")
    return browser
