"""People, and how they come in, against the histories that say how each of them came to be as they are."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from sqlalchemy import select

from qa_workflow.clock import to_micros
from qa_workflow.engine.item import instant
from qa_workflow.service.people.feed_keys import KIND as FEED
from qa_workflow.service.people.tokens import KIND as KEY
from qa_workflow.service.people.ways_in import INVITATION
from qa_workflow.service.ports.streams import ACCOUNTS, PEOPLE
from qa_workflow.store.access import ACCOUNT, PERSON, TOKEN, account_facts
from qa_workflow.store.proof.proving import Case, Said

Given = dict[tuple[str, str], Mapping[str, Any]]
"""What was given away and not taken back: by kind and SHA-256, the columns that its row must have."""


def prove_people(case: Case, said: Iterable[Said]) -> None:
    """Each row must be, byte for byte, what the last line about that person says; and nobody may be missing."""
    last = {line.data["person"]: line for line in said}
    for row in case.connection.execute(select(PERSON).order_by(PERSON.c.name)):
        place = f"person {row.name}"
        line = last.pop(row.name, None)
        if line is None:
            case.find(place, None, "person", f"history {PEOPLE!r} knows nothing of them")
        elif sha256(row.data.encode()).hexdigest() != line.data["hash"]:
            case.find(place, None, "person.data", f"line {line.seq} of history {PEOPLE!r} says otherwise")
        elif row.changed_at != line.at:
            case.find(place, None, "person.changed_at", f"line {line.seq} of history {PEOPLE!r} is of another time")
    for name, line in sorted(last.items()):
        what = f"line {line.seq} of history {PEOPLE!r} entered them, and they are gone"
        case.find(f"person {name}", None, "person", what)


def prove_accounts(case: Case, said: Iterable[Said]) -> None:
    """Nobody's password, one-time codes or identity may be others than those that were set."""
    last = {line.data["person"]: line for line in said}
    for row in case.connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.person)).mappings():
        place, line = f"account of {row['person']}", last.pop(row["person"], None)
        if line is None:
            case.find(place, None, "account", f"history {ACCOUNTS!r} knows nothing of it")
        elif account_facts(dict(row))["hash"] != line.data["hash"]:
            what = f"line {line.seq} of history {ACCOUNTS!r} says otherwise: somebody else may come in as this person"
            case.find(place, None, "account", what)
    for name, line in sorted(last.items()):
        what = f"line {line.seq} of history {ACCOUNTS!r} tells of it, and it is gone"
        case.find(f"account of {name}", None, "account", what)


def prove_keys(case: Case, said: Iterable[Said]) -> None:
    """What lets a program in, shows a calendar, or sets a password was given away just so, and not taken back."""
    given: Given = {}
    for line in said:
        _follow(given, line)
    wanted = select(TOKEN).where(TOKEN.c.kind.in_([KEY, FEED, INVITATION])).order_by(TOKEN.c.created_at, TOKEN.c.hash)
    for row in case.connection.execute(wanted).mappings():
        if row["kind"] == INVITATION and row["used_at"] is not None:
            continue  # it opens nothing any more
        place = f"{row['kind']} {row['hash'][:12]}…"
        facts = given.get((row["kind"], row["hash"]))
        if facts is None:
            what = f"it opens a door for {row['person']}, and history 'access' does not know that it does"
            case.find(place, None, "token", what)
            continue
        for column, value in facts.items():
            if row[column] != value:
                case.find(place, None, f"token.{column}", "history 'access' says otherwise")


def _follow(given: Given, line: Said) -> None:
    data = line.data
    match line.kind:
        case "key given":
            given[KEY, data["key"]] = {"person": data["person"], "scopes": data["scopes"], **_until(data)}
        case "feed_given":
            given[FEED, data["feed"]] = {"person": data["person"], "about": data["about"]}
        case "key taken back":
            given.pop((KEY, data["key"]), None)
        case "feed_taken_back":
            given.pop((FEED, data["feed"]), None)
        case "signed out everywhere":
            _drop(given, data["person"], KEY, *_with_feeds(data))
        case "accepted the invitation":
            _drop(given, data["person"], KEY, INVITATION, *_with_feeds(data))
        case "account closed":
            _drop(given, data["person"], INVITATION)
        case "invited":
            _drop(given, data["person"], INVITATION)
            given[INVITATION, data.get("key", "")] = {"person": data["person"], **_until(data)}


def _with_feeds(data: Mapping[str, Any]) -> tuple[str, ...]:
    """Calendar feeds stayed where nothing is said of them: before 0.2 was done."""
    return (FEED,) if "feeds" in data else ()


def _until(data: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"ends_at": to_micros(instant(data["until"]))} if "until" in data else {}


def _drop(given: Given, person: str, *kinds: str) -> None:
    for key in [key for key, facts in given.items() if key[0] in kinds and facts["person"] == person]:
        del given[key]
