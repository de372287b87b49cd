"""An office with work that is late in every way: simply, in branches, with a date that was changed, on hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

from qa_workflow.engine import Actor
from qa_workflow.service.boards.filters import filters_from
from qa_workflow.service.boards.overdue import Board, overdue
from qa_workflow.service.front import Engine
from qa_workflow.service.house import House
from tests.service.conftest import made

BRANCHES = """
workflow: account
title: Quality Account
subject: provider
reference: A/{number}
body: board
stages:
  review:
    title: Review
    due: 20 working days after entry
    parallel:
      join: all
      branches:
        facts:
          title: Facts
          owner: author
          due: {rule: 3 working days after entry, basis: local}
          transitions: {check: {by: author}}
        words:
          title: Words
          owner: reviewer
          due: {rule: 10 calendar days after entry, basis: statute, source: an Act}
          transitions: {read: {by: reviewer}}
    transitions: {joined: {to: over}}
  over: {end: completed}
"""


def publish_branches(engine: Engine, folder: Path, text: str = BRANCHES) -> None:
    """A workflow whose items are in three stages at once."""
    path = folder / "definitions" / "account.yaml"
    path.write_text(text)
    engine.publish([path.parent], actor=None)


def two_reports(url: str) -> None:
    """An office with reports of two organisations, ten working days from 2 April each."""
    with made(url) as (office, _):
        open_reports(office)


def late_work(url: str) -> None:
    """The same with an account in three stages besides; by 26 April most is late."""
    with made(url) as (office, folder):
        publish_branches(office, folder)
        open_reports(office)
        office.open("account", subject="north", actor="ann")


def open_reports(office: Engine) -> None:
    """One of each organisation; each is awaited from its authors within ten working days."""
    for subject in ("north", "south"):
        office.open("report", subject=subject, period="2026-27 Q4", actor="ann")


def house_of(engine: Engine) -> House:
    """The parts behind an engine, for use cases that have no method there."""
    return engine._house


def board(
    engine: Engine,
    person: str = "ann",
    chosen: Mapping[str, str] | None = None,
    *,
    limit: int = 50,
    after: str | None = None,
    **words: str,
) -> Board:
    """The overdue board of a person."""
    house = house_of(engine)
    return overdue(
        house, actor(engine, person), filters_from({**(chosen or {}), **words}), house.now(), limit=limit, after=after
    )


def actor(engine: Engine, person: str) -> Actor:
    """A person as an actor today."""
    house = house_of(engine)
    with house.looking() as (_, world):
        return world.actor(person, house.now().date())


def steps(found: Board) -> list[tuple[str, str]]:
    """Reference and stage of each line."""
    return [(line.reference, line.stage) for line in found.lines]
