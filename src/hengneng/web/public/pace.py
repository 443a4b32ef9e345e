"""How often one address may ask for what costs a search or could be used to list the city."""

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest

MINUTE_S = 60


def is_in_pace(what: str, request: HttpRequest, *, most: int) -> bool:
    """Count this request and answer whether its address stays within the minute's measure.

    Each web process counts for itself, so the true measure is so many times as large.

    Args:
        what: What is counted.
        request: Who asks.
        most: Requests a minute. [count]
    """
    key = f"pace:{what}:{address_of(request)}"
    cache.add(key, 0, timeout=MINUTE_S)
    try:
        return cache.incr(key) <= most
    except ValueError:  # the minute ended between the two calls; the next one begins here
        cache.set(key, 1, timeout=MINUTE_S)
        return True


def address_of(request: HttpRequest) -> str:
    """Return where a request comes from; a proxy is believed only where the settings name it."""
    address = str(request.META.get("REMOTE_ADDR", ""))
    if address not in settings.TERMINAL_PROXIES:
        return address
    return request.headers.get("X-Forwarded-For", "").rpartition(",")[2].strip() or address
