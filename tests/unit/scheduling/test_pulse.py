"""The pace-maker looks again and again, survives a failed look, and is brought back when it has gone quiet."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.events import EVENT_JOB_EXECUTED

from qa_workflow.scheduling import Embedded


def running(embedded: Embedded, until: threading.Event, act: Callable[[], None] = lambda: None) -> bool:
    """Run the worker until an event comes (or ten seconds are over); whether it came."""
    stop = threading.Event()
    worker = threading.Thread(target=embedded.run_worker, args=(stop,))
    worker.start()
    act()
    came = until.wait(10)
    stop.set()
    worker.join(10)
    assert not worker.is_alive()
    return came


class Looks:
    """Counts looks, says when the first has begun and when there were enough; `fails` of them raise.

    None ends before `go` is set, as it is unless a test clears it.
    """

    def __init__(self, enough: int, fails: int = 0) -> None:
        self.count, self.enough, self.fails = 0, enough, fails
        self.begun, self.go, self.reached = threading.Event(), threading.Event(), threading.Event()
        self.go.set()

    def __call__(self) -> None:
        self.count += 1
        self.begun.set()
        self.go.wait(10)
        if self.count >= self.enough:
            self.reached.set()
        if self.count <= self.fails:
            raise ValueError("the database is away")


def test_it_looks_again_and_again() -> None:
    looks = Looks(3)
    assert running(Embedded(looks, every=0.02), looks.reached)


def test_a_look_that_fails_is_followed_by_the_next() -> None:
    """Recovery is a loop, not a start-up step."""
    looks = Looks(3, fails=2)
    embedded = Embedded(looks, every=0.02)
    assert running(embedded, looks.reached)
    assert embedded.health()["error"] is None


def test_it_says_when_it_last_looked_and_what_went_wrong() -> None:
    looks = Looks(1, fails=1000)
    embedded = Embedded(looks, every=0.02)
    running(embedded, looks.reached)
    health = embedded.health()
    assert health["error"] == "the database is away"
    assert health["looks"] == looks.count
    assert health["alive"] is False


def test_a_scheduler_whose_next_run_lies_far_ahead_is_brought_back() -> None:
    """As after the machine's clock was stepped back an hour: the library would wait for it, the watch does not."""
    looks = Looks(3)
    embedded = Embedded(looks, every=0.02)

    def send_it_away() -> None:
        looks.begun.wait(10)
        assert embedded._scheduler is not None
        embedded._scheduler.modify_job("look", next_run_time=datetime(2099, 1, 1, tzinfo=UTC))

    assert running(embedded, looks.reached, send_it_away)


def test_waking_makes_it_look_at_once() -> None:
    """Long before the next look would come by itself."""
    looks = Looks(2)
    looks.go.clear()
    embedded = Embedded(looks, every=600)

    def wake() -> None:
        looks.begun.wait(10)
        ended = threading.Event()
        assert embedded._scheduler is not None
        embedded._scheduler.add_listener(lambda _: ended.set(), EVENT_JOB_EXECUTED)
        looks.go.set()
        ended.wait(10)
        embedded.wake()

    assert running(embedded, looks.reached, wake)
