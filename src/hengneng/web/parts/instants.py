"""An instant in an address: read from its text, and refused in words where it cannot be shown."""

from datetime import UTC, datetime

from django.utils import timezone
from django.utils.translation import gettext as _

from hengneng.kernel import clock
from hengneng.kernel.facts import operations as facts


def instant_in(text: str) -> datetime | None:
    """Return the instant that a text names, a local one without an offset; None: none. Aware."""
    try:
        local = datetime.fromisoformat(text)
        # Every offset a text may name is an instant; the database takes those of real zones alone.
        return (timezone.make_aware(local) if local.tzinfo is None else local).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def shown_at(text: str) -> tuple[datetime | None, str]:
    """Return the instant as known at which a page is shown, and what was wrong with the text.

    Args:
        text: As the address says it; empty: as known now.

    Returns:
        The instant, settled by then, and an empty text; or None for now, and why.
    """
    if not text:
        return None, ""
    instant = instant_in(text)
    if instant is None:
        return None, _("The instant cannot be read; the page shows what is known now.")
    # Recordings under way end before the record is read as it was (facts.settle).
    if instant >= clock.now() or instant > facts.settle():
        return None, _("The instant has not come yet; the page shows what is known now.")
    return instant, ""
