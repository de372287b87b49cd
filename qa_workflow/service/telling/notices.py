"""What a mail says: what happened, to which item, what is asked of its reader by when, and where the item's page is.

References, titles of workflows, stages and organisations, roles and dates: no case detail, no field's value, no name of
a person. Each line ends with a full stop or begins with two spaces, for Outlook runs others together.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import quote

from qa_workflow.calendar import weekday_date
from qa_workflow.calendar.words import counted, listed
from qa_workflow.definition.governance import Person
from qa_workflow.definition.model import Stage
from qa_workflow.engine import Item, Visit
from qa_workflow.engine.item import HELD, Due, instant
from qa_workflow.service.ports.store import Message, Sending
from qa_workflow.service.telling.left import left_at
from qa_workflow.service.telling.titles import titles
from qa_workflow.service.telling.views import subject_title
from qa_workflow.service.telling.words import day_words
from qa_workflow.service.world import World

_HAPPENED = {
    "arrived": "{stage} is now with you",
    "rolled_over": "{stage} is now with you; it came too late for the meeting before",
    "reminder": "a reminder of {stage}",
    "overdue": "{stage} is overdue",
    "escalation": "{stage} is late and has been brought to you",
    "lapsed": "{stage} was not done in time and has lapsed",
    "waits_for_you": "{stage} could not go on by itself, and waits for you",
    "date_changed": "{stage} has another due date",
    "meeting_moved": "a meeting was moved on which {stage} depends",
    "meeting_called_off": "a meeting was called off on which {stage} depends; it goes on with the next",
    "recounted": "the date of {stage} was counted again, as calendars or meetings were changed",
    "assigned": "{stage} was given to you",
    "filled_in": "what {stage} asks for was filled in for you",
}
_EFFECT, _DIGEST, _COMMENT = "effect", "digest", "commented"
_GONE_ON = "Nothing is asked of you any more: the item has gone on since"
_LAPSED = "Nothing is asked of you: where the item is now stands on its page"
_HELD = "Nothing is asked of you for now: the item is on hold, and its clock is stopped"
_ANSWER = "Please read it on the item's page, and answer there"
_NO_DETAIL = "What was written and attached is on the item's page: mails carry no details."


@dataclass(frozen=True, slots=True)
class Notice:
    """One notice, for a reader.

    Attributes:
        happened: in a few words, without the reference.
        about: the workflow's title and the organisation, as far as they are known.
        asked: sentences without the last full stop; empty where a workflow's own text says all.
        stands: the present date in words, with how far off it is; or why nothing is due.
        due: the present date; lists are sorted by it, and what has none comes last.
        subject: of the mail, where the workflow has its own.
    """

    reference: str
    happened: str
    about: str
    asked: str
    stands: str
    due: Due | None
    is_late: bool
    subject: str | None = None


@dataclass(frozen=True, slots=True)
class Desk:
    """Where mails are written.

    Attributes:
        items: by row, as they are now.
        address: of the pages, as https://quality.example.org; None where nobody has said.
    """

    world: World
    items: Mapping[int, Item]
    now: datetime
    address: str | None

    def mail(self, group: Sequence[Sending], reader: Person) -> Message:
        """One mail of all that waits for a person, who has an address."""
        assert reader.email is not None
        first = group[0].payload
        references = tuple(dict.fromkeys(str(s.payload["reference"]) for s in group if "reference" in s.payload))
        key, to = group[0].batch or group[0].key, (reader.name, reader.email)
        if first["topic"] == _DIGEST:
            return Message(key, *to, str(first["subject"]), f"{first['text']}\n", references)
        told = [self._notice(sending) for sending in _latest(group)]
        told.sort(key=lambda n: (n.due is None, n.due.at if n.due else "", n.reference))
        subject, text = _alone(told[0], self.address) if len(told) == 1 else _together(told, self.address)
        return Message(key, *to, subject, f"{text}\n", references)

    def _notice(self, sending: Sending) -> Notice:
        said, item = sending.payload, self.items.get(sending.item_id or 0)
        topic, stage, reference = said["topic"], said["stage"], said["reference"]
        visit = self._visit(item, said)
        running = item if item is not None and visit is not None and item.status != HELD else None
        due = visit.due if running and visit else None
        late = due is not None and instant(due.at) < self.now
        when = self._when(running, visit) if running and visit else ""
        since = "" if running else "it is on hold" if visit else "it has gone on since"
        subject = subject_title(self.world, item) if item else None
        about = about_of(said["workflow"], subject)
        if topic == _EFFECT:
            names = {"reference": reference, "stage": stage, "workflow": said["workflow"], "subject": subject}
            names["due"] = day_words(due.on) if due else ""
            names["link"] = page_of(reference, self.address) if self.address else ""
            own = filled(said["subject"], names) if said.get("subject") else None
            text = filled(said.get("text") or said.get("subject") or "{stage}", names)
            return Notice(reference, text.rstrip("."), about, "", "", due, late, own)
        if topic == _COMMENT:
            return Notice(reference, "you are asked to read a comment", about, _ANSWER, "", None, is_late=False)
        happened = _HAPPENED[topic].format(stage=f"“{stage}”")
        if topic == "lapsed":
            asked = _LAPSED
        elif item is None or visit is None:
            asked = _GONE_ON
        elif running is None:
            asked = _HELD
        else:
            asked = f"{when[:1].upper()}{when[1:]}. " if when else ""
            asked += self._please(topic, self.world.workflow(item.definition).stages[visit.stage], due, late=late)
        return Notice(reference, happened, about, asked, when or since, due, late)

    def _visit(self, item: Item | None, said: Mapping[str, object]) -> Visit | None:
        """The visit that a notice is about, while it is open; by its title where its version has no stage so named."""
        if item is None or item.is_over:
            return None
        stages = self.world.workflow(item.definition).stages
        if said.get("path") in stages:
            return next((visit for visit in item.visits if visit.stage == said["path"]), None)
        return next((visit for visit in item.visits if stages[visit.stage].title == said["stage"]), None)

    def _when(self, item: Item, visit: Visit) -> str:
        if visit.due is None:
            return ""
        is_was = "was" if instant(visit.due.at) < self.now else "is"
        left = left_at(self.world.governance, self.world.workflow(item.definition), item, visit, self.now)
        return f"it {is_was} due on {weekday_date(date.fromisoformat(visit.due.on))} ({left})"

    def _please(self, topic: str, stage: Stage, due: Due | None, *, late: bool) -> str:
        if topic == "escalation":
            roles = listed(titles(self.world.governance, stage.owner.roles), "or")
            return f"It waits for {roles or 'somebody who was named'}: please see that it goes on"
        if topic == "waits_for_you":
            return "Please see on its page what is missing"
        if topic == "filled_in":
            return "Nothing goes on by that alone: please look at it, and make the step"
        if late:
            return "Please see to it now, or say on its page what it waits for"
        return "Please see to it by then" if due else "Please see to it; it has no date"


def entry(reference: str, about: str, said: str, address: str | None) -> str:
    """An item's line in a list, and below it where its page is."""
    page = [f"  {page_of(reference, address)}"] if address else []
    return "\n".join([f"- {reference} ({about}): {said}.", *page])


def page_of(reference: str, address: str) -> str:
    """Where an item's page is."""
    return f"{address.rstrip('/')}/items/{quote(reference)}"


def about_of(title: str, subject: str | None) -> str:
    """What an item is about, as far as a mail says it."""
    return ", ".join(filter(None, (title, subject)))


def filled(template: str, names: Mapping[str, object]) -> str:
    """Names in braces replaced by what they stand for; nothing else of a template means anything."""
    for name, value in names.items():
        template = template.replace("{" + name + "}", str(value or ""))
    return template


def _latest(group: Iterable[Sending]) -> list[Sending]:
    """Of several notices about one stage the last, which is the truest; what a workflow says itself is all told."""
    found: dict[tuple[str, str, str], Sending] = {}
    for sending in sorted(group, key=lambda each: each.id):
        said = sending.payload
        own = sending.key if said["topic"] in (_EFFECT, _COMMENT) else ""
        found[said["reference"], said.get("path", said["stage"]), own] = sending
    return list(found.values())


def _alone(notice: Notice, address: str | None) -> tuple[str, str]:
    by = f", due {day_words(notice.due.on)}" if notice.due and not notice.is_late else ""
    parts = [
        f"{notice.happened[:1].upper()}{notice.happened[1:]}.",
        f"{notice.asked}." if notice.asked else "",
        f"Item {notice.reference}: {notice.about}.",
        f"  {page_of(notice.reference, address)}" if address else "Sign in to see it.",
        _NO_DETAIL,
    ]
    return notice.subject or f"{notice.reference}: {notice.happened}{by}", "\n\n".join(filter(None, parts))


def _together(told: Sequence[Notice], address: str | None) -> tuple[str, str]:
    late = sum(notice.is_late for notice in told)
    subject = f"QA workflow: {counted(len(told), 'notice')} for you{f', {late} overdue' if late else ''}"
    lines = [
        entry(n.reference, n.about, f"{n.happened}; {n.stands}" if n.stands else n.happened, address) for n in told
    ]
    begin = "The most urgent comes first."
    return subject, "\n\n".join([begin, *lines, *([] if address else ["Sign in to see them."]), _NO_DETAIL])
