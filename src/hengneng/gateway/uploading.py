"""Upload what the outbox holds until the platform has acknowledged all of it."""

import hashlib
import logging
import random
import sqlite3
import threading
from collections.abc import Callable
from typing import NamedTuple, TypeVar
from urllib.parse import urljoin, urlsplit

from hengneng.gateway import batches
from hengneng.gateway.batches import Batch, Channel, Sender, State
from hengneng.gateway.config import Config
from hengneng.gateway.outbox import Outbox
from hengneng.gateway.posting import Poster, Said, Unreachable
from hengneng.protocol import national

logger = logging.getLogger(__name__)
Heard = TypeVar("Heard")

# Nothing to send: look again after this, should a wake-up be missed. [s]
IDLE_S = 60.0
# A round's readings come within moments of one another: gathered, they make one message. [s]
GATHER_S = 1.0
# Admission is a person's act, so patience; the id must be fetched within a day of it. [s]
ADMISSION_S = 60.0
REFUSAL_S = 60.0
_VERSION_CHECK_S = 86_400
_OK, _SERVER_ERROR, _PAYLOAD_TOO_LARGE = 200, 500, 413
_ASK_LATER = {408, 429}


class Misdirected(Exception):
    """The platform's answer cannot be followed; what it says is shown and asked again."""


class Backoff:
    """Waits that double up to a limit, never quite the same for two gateways."""

    def __init__(self, longest_s: float, first_s: float = 1.0) -> None:
        """Begin with the shortest."""
        self._first_s, self._longest_s, self._next_s = first_s, longest_s, first_s

    def next(self) -> float:
        """Return how long to wait now. [s]"""
        wait_s = min(self._next_s, self._longest_s)
        self._next_s = min(self._next_s * 2, self._longest_s)
        return wait_s * random.uniform(0.5, 1.0)  # noqa: S311 - spreads load, keeps no secret

    def reset(self) -> None:
        """Begin again with the shortest."""
        self._next_s = self._first_s


class Standing(NamedTuple):
    """How the gateway stands with the platform.

    Attributes:
        is_registered: Whether it may speak for its unit.
        said: What the platform said last, where it was no receipt.
        trouble: Why it was not reached, last time; empty where it was.
    """

    is_registered: bool
    said: str
    trouble: str


class Uploader:
    """Speaks with the platform, from a thread of its own."""

    def __init__(self, config: Config, outbox: Outbox, local_now: Callable[[], float]) -> None:
        """Remember what to send; nothing is opened yet.

        Args:
            config: The gateway's configuration.
            outbox: Where readings are kept.
            local_now: Tells the time. [local s]
        """
        self._config, self._outbox, self._local_now = config, outbox, local_now
        self._poster = Poster(
            ca_file=config.ca_file, certificate=config.client_certificate, key=config.client_key
        )
        self._codes = batches.codes_of(config.meters)
        self._wake, self._over = threading.Event(), threading.Event()
        self._unreached = Backoff(config.retry_max_s)
        self._waiting = Backoff(min(ADMISSION_S, config.retry_max_s))
        self._refused = Backoff(min(REFUSAL_S, config.retry_max_s))
        self._most = batches.READINGS_MAX
        self._trouble = ""

    def run(self) -> None:
        """Upload until told to end."""
        while not self._over.is_set():
            try:
                wait_s = self.step()
                self._trouble = ""
            except (Unreachable, Misdirected, sqlite3.OperationalError) as error:
                # The last: the disk is full. What was sent is sent again, the same bytes.
                # What was broken off to end is no trouble.
                if str(error) != self._trouble and not self._over.is_set():
                    logger.warning("%s: %s", self._config.unit_code, error)
                self._trouble = str(error)
                wait_s = self._unreached.next()
            if wait_s:
                self._over.wait(wait_s)
        self._poster.close()

    def wake(self) -> None:
        """Tell it that there are new readings."""
        self._wake.set()

    def end(self) -> None:
        """Let it end soon, from another thread; a message under way is broken off."""
        self._over.set()
        self._wake.set()
        self._poster.end()

    def standing(self) -> Standing:
        """Return how the gateway stands with the platform."""
        recall = self._outbox.recall
        return Standing(self._is_registered(), recall("said"), self._trouble)

    def step(self) -> float:
        """Do the next thing that is due.

        Returns:
            How long to wait before the one after it; 0: not at all. [s]

        Raises:
            Unreachable: If the platform does not answer.
            Misdirected: If its answer cannot be followed.
        """
        if not self._is_registered():
            return self._register()
        checked_at = float(self._outbox.recall("checked_at") or 0)
        # A day either way: a clock that was far ahead must not put the next check off for years.
        if abs(self._local_now() - checked_at) > _VERSION_CHECK_S:
            self._is_known()
            return 0
        if self._outbox.recall("configured") != self._configuration():
            self._configure()
            return 0
        batch = batches.pending(self._outbox)
        if batch is None:
            if batches.form(self._outbox, self._sender(), at=self._second(), most=self._most):
                return 0
            self._rest()
            return 0
        return self._send(batch)

    def _rest(self) -> None:
        """Wait for readings, then for the rest of their round and for this gateway's turn."""
        if self._wake.wait(IDLE_S) and not self._over.is_set():
            spread_s = random.uniform(0, self._config.upload_spread_s)  # noqa: S311 - as above
            self._over.wait(GATHER_S + spread_s)
        self._wake.clear()

    def _is_registered(self) -> bool:
        """Answer whether it may speak for its unit at the platform that it is set up for.

        Where that is another one now, what the former announced leads nowhere.
        """
        recall = self._outbox.recall
        return recall("is_registered") == "1" and recall("platform") == self._config.platform

    def _register(self) -> float:
        """Ask to speak for the unit; wait patiently where an official has yet to decide."""
        asked = national.Registration(
            self._config.unit_code, self._config.region, self._outbox.recall("device_id") or None
        )
        said = self._post(self._config.platform, national.write_registration(asked))
        answer = _understood(said, national.read_registration_answer)
        device_id = answer.device_id or asked.device_id
        if answer.response_code != national.RECEIVED.response_code or not device_id:
            self._outbox.remember(said=answer.response_message)
            return self._waiting.next()
        addresses = {
            "version_url": self._address(answer.version_url),
            "configuration_url": self._address(answer.configuration_url),
            "data_url": self._address(answer.data_url),
            "registers_url": self._address(answer.registers_url),
        }
        if not addresses["registers_url"] and not addresses["data_url"]:
            raise Misdirected("the platform names no address to which readings go")
        is_other = device_id != self._outbox.recall("device_id") or any(
            self._outbox.recall(name) != addresses[name] for name in ("registers_url", "data_url")
        )
        # The id is told this once: on disk before anything else is done.
        whose = {"device_id": device_id, "platform": self._config.platform}
        self._outbox.remember(**whose, is_registered="1", said="", **addresses)
        if is_other:
            batches.take_apart(self._outbox, State.PENDING, State.UNSENDABLE)
        return 0

    def _configuration(self) -> str:
        """Return what this gateway collects for whom, as a digest; empty where nobody asks.

        Where registers go out the platform needs no data codes.
        """
        recall = self._outbox.recall
        if recall("registers_url") or not recall("configuration_url") or not self._codes:
            return ""
        codes = [(name, code) for name, (code, _) in sorted(self._codes.items())]
        return hashlib.sha256(repr((recall("device_id"), codes)).encode()).hexdigest()

    def _configure(self) -> None:
        """Tell the platform once what increments come; readings go out whatever it says."""
        recall, configured = self._outbox.recall, self._configuration()
        if configured:
            items = [
                national.CollectItem(code, f"{meter} {register}", {"statType": "0"})
                for (meter, register), (code, _) in self._codes.items()
            ]
            unit = self._config.unit_code
            body = national.write_configuration(recall("device_id"), unit, items)
            said = self._post(recall("configuration_url"), body)
            logger.info("%s: configuration sent: HTTP %d %.200r", unit, said.status, said.body)
        self._outbox.remember(configured=configured)

    def _send(self, batch: Batch) -> float:
        """Send a batch and write down what became of it."""
        recall = self._outbox.recall
        url = recall("registers_url" if batch.channel is Channel.REGISTERS else "data_url")
        said = self._post(url, batch.body)
        if said.status == _PAYLOAD_TOO_LARGE:
            return self._take_refusal(batch, f"HTTP {said.status}")
        try:
            answer = _understood(said, national.read_answer)
        except Misdirected:
            # Addresses may have changed: the next thing is to ask for them.
            self._outbox.remember(is_registered="0")
            raise
        if not answer.is_success:
            return self._take_refusal(batch, answer.response_message)
        now = self._second()
        batches.settle(self._outbox, batch, State.ACKNOWLEDGED, "", at=now)
        self._outbox.remember(said="", acknowledged_at=str(now))
        self._most = min(self._most * 2, batches.READINGS_MAX)
        for backoff in (self._unreached, self._waiting, self._refused):
            backoff.reset()
        return 0

    def _take_refusal(self, batch: Batch, message: str) -> float:
        """Find out what the platform will not have: the terminal, the batch, or one reading in it.

        A refused batch is halved until the refused reading stands alone, so that it keeps no good
        one from going out.
        """
        self._outbox.remember(said=message)
        if not self._is_known():
            return self._waiting.next()
        if batch.readings > 1:
            batches.take_apart(self._outbox, State.PENDING)
            self._most = max(batch.readings // 2, 1)
        else:
            batches.settle(self._outbox, batch, State.REFUSED, message, at=self._second())
            logger.warning("%s: refused and kept: %s", self._config.unit_code, message)
        return self._refused.next()

    def _is_known(self) -> bool:
        """Ask which versions hold; answer whether the terminal still may speak.

        Another registration version asks it to register again (facts/protocol.md 2.2).
        """
        recall = self._outbox.recall
        # Asked once a day whatever comes of it: no upload waits for this.
        self._outbox.remember(checked_at=str(self._local_now()))
        if not (url := recall("version_url")):
            return True
        said = self._post(url, national.write_version_check(recall("device_id")))
        try:
            versions = _understood(said, national.read_versions)
        except Misdirected as error:
            logger.warning("%s: versions: %s", self._config.unit_code, error)
            return True
        if versions.response_code != national.RECEIVED.response_code:
            logger.warning("%s: %s", self._config.unit_code, versions.response_message)
            self._outbox.remember(is_registered="0", said=versions.response_message)
            return False
        held, told = recall("registration_version"), versions.registration_version
        is_new = bool(held) and held != told
        self._outbox.remember(registration_version=told, is_registered="0" if is_new else "1")
        return True

    def _post(self, url: str, body: bytes) -> Said:
        """Return the platform's answer.

        Raises:
            Unreachable: If there is none, or it asks to come again later.
        """
        said = self._poster.post(url, body)
        if said.status >= _SERVER_ERROR or said.status in _ASK_LATER:
            raise Unreachable(f"{urlsplit(url).netloc}: HTTP {said.status}")
        return said

    def _address(self, url: str | None) -> str:
        """Return an announced address in full; empty where none is announced.

        Raises:
            Misdirected: If it would carry the terminal's secret where all can read it.
        """
        if not url:
            return ""
        full = urljoin(self._config.platform, url)
        if urlsplit(self._config.platform).scheme == "https" != urlsplit(full).scheme:
            raise Misdirected(f"the platform announces {full}, which is not https")
        return full

    def _sender(self) -> Sender:
        recall = self._outbox.recall
        return Sender(
            recall("device_id"),
            self._config.unit_code,
            Channel.REGISTERS if recall("registers_url") else Channel.NATIONAL,
            self._config.poll_period_s,
            self._codes,
        )

    def _second(self) -> int:
        return int(self._local_now() // 1)


def _understood(said: Said, read: Callable[[bytes], Heard]) -> Heard:
    """Return an answer.

    Raises:
        Misdirected: If it is none: the address is another's, or no longer holds.
    """
    if said.status != _OK:
        raise Misdirected(f"the platform answers HTTP {said.status}")
    try:
        return read(said.body)
    except (national.NotJson, national.NoEnvelope) as error:
        raise Misdirected(f"what answers is not the platform: {error}") from error
