"""Plays the story: pushes the clock to each deed, lets people do it, and has everything told."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import partial

from qa_workflow.calendar import long_date
from qa_workflow.calendar.words import listed
from qa_workflow.engine.refusals import NotNow
from qa_workflow.errors import Refusal
from qa_workflow.service.ports.store import Message
from year.deeds import (
    ChangeDate,
    Deed,
    Explain,
    Hold,
    KeepCheckpoint,
    MoveMeeting,
    Resume,
    Step,
    SwitchOff,
    SwitchOn,
    Together,
)
from year.house import House
from year.telling import Teller
from year.wording import Line, day, items, sentence, who

DECISIONS = {
    "assure": "The Quality and Governance Committee is assured, in one decision:",
    "receive": "The Governing Body receives, in public:",
}


class NotAsWritten(Exception):
    """The story says one thing and the engine another."""


class Player:
    """One run through the year."""

    def __init__(self, house: House, teller: Teller) -> None:
        self._house, self._engine, self._teller = house, house.engine, teller
        self._is_off = False

    def play(self, deeds: Iterable[Deed], end: datetime) -> None:
        """Do all the deeds in order, and let the clock run on to the end."""
        for deed in deeds:
            self._wait(deed.at)
            self._do(deed)
            self._teller.tell(self._house.happened())
            self._wait(deed.at)  # what it has caused to be sent leaves at once
        self._wait(end)

    def _wait(self, until: datetime) -> None:
        if self._is_off:
            self._house.set_clock(until)
        else:
            self._house.push_clock(until, self._teller.tell)

    def _do(self, deed: Deed) -> None:
        match deed:
            case Step():
                self._step(deed)
            case Together():
                self._together(deed)
            case Hold():
                self._engine.hold(deed.item, actor=deed.who, reason=deed.reason)
            case Resume():
                self._engine.resume(deed.item, actor=deed.who, reason=deed.reason)
            case ChangeDate():
                self._engine.change_date(
                    deed.item,
                    deed.on,
                    actor=deed.who,
                    basis=deed.basis,
                    reason=deed.reason,
                    approver=deed.approver,
                )
            case MoveMeeting():
                self._move(deed)
            case Explain():
                self._explain(deed)
            case KeepCheckpoint():
                self._keep_checkpoint(deed)
            case SwitchOff():
                self._switch_off(deed)
            case SwitchOn():
                self._switch_on(deed)

    def _step(self, deed: Step) -> None:
        try:
            fields = self._house.given(deed.fields)
            self._engine.advance(deed.item, deed.trigger, actor=deed.who, fields=fields, reason=deed.reason)
        except Refusal as refusal:
            if not deed.refused:
                raise NotAsWritten(f"{long_date(deed.at.date())}, {deed.trigger}: {refusal}") from refusal
            why = listed([o.text for o in refusal.obstacles]) if isinstance(refusal, NotNow) else str(refusal)
            person = who(deed.who, self._teller.governance)
            self._say(deed, "refused", f"{deed.item}: {person} tries “{self._title(deed)}” and is told: {why}.")
        else:
            if deed.refused:
                raise NotAsWritten(f"{deed.item}: {deed.trigger} was to be refused, and was not")

    def _title(self, deed: Step) -> str:
        """What the definition calls a step that can be made where the item is."""
        item = self._engine.item(deed.item)
        return next(s.title for s in self._engine.steps(item) if s.trigger == deed.trigger)

    def _together(self, deed: Together) -> None:
        outcomes = self._engine.bulk_advance(deed.items, deed.trigger, actor=deed.who)
        refused = [f"{outcome.name}: {outcome.refusal}" for outcome in outcomes if outcome.refusal]
        if refused:
            raise NotAsWritten("; ".join(refused))
        self._say(deed, "meeting", f"{DECISIONS[deed.trigger]} {items(deed.items)}.")

    def _move(self, deed: MoveMeeting) -> None:
        move = partial(self._engine.move_meeting, deed.body, deed.planned, deed.to, actor=deed.who, reason=deed.reason)
        preview = move(preview=True)
        body = self._teller.governance.bodies[deed.body].title
        person, to = who(deed.who, self._teller.governance), long_date(deed.to.date())
        self._say(deed, "meeting", f"The {body} cannot meet on {day(deed.planned)}. {deed.reason}.")
        self._teller.aside(f"{sentence(person)} looks first: on {to} instead, {len(preview)} dates would move.")
        moves: dict[tuple[str, str], list[str]] = {}
        for each in preview:
            moves.setdefault((day(each.before or ""), day(each.after or "")), []).append(each.reference)
        for (before, after), references in moves.items():
            self._teller.aside(f"From {before} to {after}: {items(references)}.")
        moved = move()
        if moved != preview:
            raise NotAsWritten("the preview of a moved meeting promised something else than was done")
        self._teller.aside(f"Moved: {len(moved)} dates went with it, and those who wait for them are told.")

    def _explain(self, deed: Explain) -> None:
        why = self._engine.explain(deed.item)[0]
        person = who(deed.who, self._teller.governance)
        self._say(deed, "why", f"{deed.item}: why {day(why.due_on or '')}, asks {person}. Because: {short(why.why)}.")

    def _keep_checkpoint(self, deed: KeepCheckpoint) -> None:
        number = self._house.keep_checkpoint()
        person = sentence(who(deed.who, self._teller.governance))
        self._say(deed, "proof", f"{person} keeps checkpoint {number} elsewhere: what it saw can never change unseen.")

    def _switch_off(self, deed: SwitchOff) -> None:
        self._say(deed, "off", f"{deed.why}: for a week nobody looks what time does. People act all the same.")
        self._is_off = True

    def _switch_on(self, deed: SwitchOn) -> None:
        """Catch up with a week at one look; what is late was known before, because dates are dates."""
        late = items([item.reference for item in self._engine.overdue()])
        self._say(deed, "on", f"The clock is back. Before it has looked once the overdue list is right: {late}.")
        self._is_off = False
        before = len(self._house.post.mails)
        self._engine.tick()
        self._teller.tell(self._house.happened())
        mails = self._house.post.mails[before:]
        notices = sum(notices_in(mail) for mail in mails)
        self._say(deed, "on", f"The week is caught up with, in order: {notices} notices in {len(mails)} mails.")
        longest = max(mails, key=notices_in)
        self._teller.aside(f"{sentence(who(longest.recipient, self._teller.governance))} has one mail, which says:")
        for each in filter(None, longest.text.splitlines()):
            self._teller.aside(each)

    def _say(self, deed: Deed, tag: str, text: str) -> None:
        self._teller.line(deed.at, Line(tag, text))


def notices_in(mail: Message) -> int:
    """A mail with several notices has a line for each that begins with a dash."""
    return sum(line.startswith("- ") for line in mail.text.splitlines()) or 1


def short(explanation: str) -> str:
    """Without its last part, which names the calendar's version."""
    return explanation.partition(", by calendar")[0]
