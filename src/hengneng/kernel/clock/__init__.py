"""The one source of time.

Every process asks ``now()``; nothing else reads the machine's clock. ``HENGNENG_CLOCK=start@rate``
(an aware ISO instant, then simulated seconds per real second) serves demo and tests;
``./hengneng up`` refuses it (ARCHITECTURE 6).
"""

from hengneng.kernel.clock.queries import UnreadableClock, is_simulated, now

__all__ = ["UnreadableClock", "is_simulated", "now"]
