"""Which passwords are taken, and how they are hashed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

import pytest

from qa_workflow.effects import passwords as effects
from qa_workflow.effects.passwords import Argon2Passwords, TooBusy
from qa_workflow.service.people.passwords import WeakPassword, require_strong


@pytest.mark.parametrize(
    "password",
    [
        "lantern otter gravel",
        "x7Kq9mPw2LzR",
        "Drei Würfel im Schnee",
        "три разных слова",
        "my cat's 7 red kites",
        "12 purple tractors",
    ],
)
def test_words_that_do_not_belong_together_are_taken(password: str) -> None:
    """Nothing is said against them: what is refused raises."""
    require_strong(password, ("ann", "An author", "ann@example.org"))


@pytest.mark.parametrize(
    ("password", "why"),
    [
        ("", "at least 12"),
        ("elevenchars", "at least 12"),
        ("x" * 201, "at most 200"),
        ("aaaaaaaaaaaaaaaa", "same few"),
        ("abababababababab", "same few"),
        ("Password1234!", "guessers"),
        ("P@ssw0rd2027!!", "guessers"),
        ("qwertyuiop123456", "guessers"),
        ("0987654321poiuy", "guessers"),
        ("correct horse battery staple", "guessers"),
        ("NHSQuality2027", "guessers"),
        ("Gloucestershire-ICB", "guessers"),
        ("governance committee!", "guessers"),
        ("Welcome to NHS 1", "guessers"),
        ("September2026.", "guessers"),
        ("quality-lead-42", "guessers"),
        ("Harrington1!!", "guessers"),
        ("Wellbrook Trust 1", "guessers"),
    ],
)
def test_what_guessers_try_first_is_not(password: str, why: str) -> None:
    """The house's own words and the person's name and organisation are among it."""
    context = ("harrington", "Quality lead", "harrington@wellbrook.example", "Wellbrook Trust")
    with pytest.raises(WeakPassword, match=why):
        require_strong(password, context)


def test_hashes_cost_what_was_decided_and_are_salted() -> None:
    hasher = Argon2Passwords()
    one, other = hasher.hash("lantern otter gravel"), hasher.hash("lantern otter gravel")
    assert one.startswith("$argon2id$v=19$m=47104,t=1,p=1$")
    assert one != other
    assert hasher.check("lantern otter gravel", one) == (True, None)
    assert hasher.check("lantern otter gravel", None) == (False, None)
    assert hasher.check("lantern otter gravel", "no hash") == (False, None)


def test_accents_are_the_same_from_every_keyboard() -> None:
    """One letter, or a letter with an accent put on it."""
    hasher = Argon2Passwords(memory=8)
    assert hasher.check("fiance\u0301e im schnee", hasher.hash("fianc\u00e9e im schnee"))[0]
    assert not hasher.check("\ud800", hasher.hash("lantern otter gravel"))[0]


def test_two_are_hashed_at_once_and_others_wait_their_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes 46 MiB; a flood of sign-ins must not take the machine down."""
    hasher = Argon2Passwords(memory=8)
    lock, go, full = Lock(), Event(), Event()
    running, most = 0, 0

    class Slow:
        def hash(self, password: bytes) -> str:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
                if running == effects.AT_ONCE:
                    full.set()
            go.wait(10)
            with lock:
                running -= 1
            return password.decode()

    hasher.__dict__["_hasher"] = Slow()
    with ThreadPoolExecutor(6) as pool:
        futures = [pool.submit(hasher.hash, str(number)) for number in range(5)]
        assert full.wait(10)
        monkeypatch.setattr(effects, "PATIENCE", 0.01)
        with pytest.raises(TooBusy):
            hasher.hash("too many")
        monkeypatch.setattr(effects, "PATIENCE", 10)
        go.set()
        assert sorted(future.result() for future in futures) == ["0", "1", "2", "3", "4"]
    assert most == effects.AT_ONCE
