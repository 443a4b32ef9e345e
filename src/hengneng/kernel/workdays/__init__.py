"""Which days are working days, by the State Council's yearly arrangements: dated data.

Words: working day, holiday, make-up day. A year without an arrangement counts Monday to Friday, and
``is_arranged`` says so.
"""

from hengneng.kernel.workdays.rules.arrangements import (
    is_arranged,
    is_working_day,
    working_days_after,
)

__all__ = ["is_arranged", "is_working_day", "working_days_after"]
