"""`verify` started from a page: it runs beside the pages, one at a time; how far it is and what it found are kept."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from datetime import datetime
from threading import Lock, Thread

from starlette.applications import Starlette

from qa_workflow.engine.item import stamp
from qa_workflow.service.house import House
from qa_workflow.service.telling.words import day_words
from qa_workflow.store.proof.checkpoints import parse
from qa_workflow.wiring import Parts

FACT = "last_verify"
MOST = 100
"""Findings that are kept; the first ones explain the rest."""
_LOG = logging.getLogger("qa_workflow.proving")


@dataclass(frozen=True, slots=True)
class Proved:
    """What a run found. `failed` says why there is no answer."""

    at: str
    by: str
    said: str
    findings: tuple[str, ...]
    failed: str | None = None
    against: str = ""
    """The checkpoint that it was held against, in words; nothing where none was given."""

    @property
    def is_sound(self) -> bool:
        """Everything proves itself."""
        return not self.findings and self.failed is None


class Prover:
    """At most one run at a time in this process."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._lock = Lock()
        self._thread: Thread | None = None
        self.done, self.total = 0, 0

    @property
    def is_running(self) -> bool:
        """Whether a run is under way."""
        return self._thread is not None and self._thread.is_alive()

    @property
    def percent(self) -> int:
        """How far it is."""
        return min(100, 100 * self.done // self.total) if self.total else 0

    def start(self, by: str, at: datetime, kept: str | None = None) -> bool:
        """Begin a run, against the text of a checkpoint if one was kept; False if one is under way."""
        with self._lock:
            if self.is_running:
                return False
            self.done, self.total = 0, 0
            self._thread = Thread(target=self._run, args=(by, at, kept), name="verify", daemon=True)
            self._thread.start()
            return True

    def wait(self) -> None:
        """Until the run under way has ended."""
        if self._thread is not None:
            self._thread.join()

    def _run(self, by: str, at: datetime, kept: str | None) -> None:
        against = _in_words(kept) if kept is not None else ""
        try:
            proof = self._parts.engine.verify(kept, progress=self._told)
            findings = tuple(str(each) for each in proof.findings[:MOST])
            found = Proved(stamp(at), by, str(proof), findings, against=against)
        except Exception as fault:  # noqa: BLE001  whatever stood in the way is what the page has to say
            _LOG.exception("verify, started from the machine room, did not come to its end")
            found = Proved(stamp(at), by, "", (), str(fault) or type(fault).__name__, against)
        text = json.dumps(asdict(found))
        self._parts.house.write(lambda work: work.unit.set_house(FACT, text))

    def _told(self, done: int, total: int) -> None:
        self.done, self.total = done, total


def _in_words(kept: str) -> str:
    found = parse(kept)
    return f"checkpoint {found.number} of {day_words(found.at)}"


def prover(app: Starlette, parts: Parts) -> Prover:
    """The one of this process."""
    found = getattr(app.state, "prover", None)
    if not isinstance(found, Prover):
        found = app.state.prover = Prover(parts)
    return found


def last(house: House) -> Proved | None:
    """What the last run found, in whichever process."""
    with house.store.reading() as look:
        text = look.house().get(FACT)
    if not text:
        return None
    kept = json.loads(text)
    return Proved(**{**kept, "findings": tuple(kept["findings"])})
