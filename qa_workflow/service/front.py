"""`Engine`: every use case by its plain name, for faces and for scripts. `qa_workflow.connect` gives one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from qa_workflow.calendar.written_days import ImpossibleDate, written_day
from qa_workflow.engine import Item
from qa_workflow.engine.commands import (
    AddSubItem,
    Assign,
    Cancel,
    ChangeDate,
    Claim,
    Command,
    Comment,
    Correct,
    Fire,
    PutOnHold,
    Record,
    Release,
    Resume,
)
from qa_workflow.errors import NaiveInstant
from qa_workflow.service.definitions import migrating, publishing, recounting
from qa_workflow.service.house import House
from qa_workflow.service.items import bulk, errands, meetings, removing, uploads
from qa_workflow.service.items.attachments import attach_file, bytes_of
from qa_workflow.service.items.changing import Changed, change
from qa_workflow.service.items.inside import readable
from qa_workflow.service.items.meetings import Redated
from qa_workflow.service.items.opening import Wish, open_one
from qa_workflow.service.items.patient_data import require_none
from qa_workflow.service.items.requests import Request, request_of, whole
from qa_workflow.service.looking import Looking
from qa_workflow.service.ports.store import Carrier, Prove
from qa_workflow.service.removals import Removal
from qa_workflow.service.telling.redating import unless_sure
from qa_workflow.service.time import daily, delivery, incidents, sweep
from qa_workflow.service.time.incidents import Incident


class Engine(Looking):
    """One database, ready for use.

    Methods that change an item take `actor` (a person's name), and either the `Item` that was looked at, whose revision
    is then compared, or a reference with `revision=`; without a revision the item as it is now counts as looked at.
    All raise `Refusal` for what the rules do not allow, `UsageFault` for what does not exist, `StorageFault` for what
    the database could not do.

    `no_patient` is the `mark` of a refusal `LooksLikePatient`: what was refused is something else, and may be saved.

    A due date that is set by hand, with authority or as the value of a field, and has passed or is no working day is
    refused with what would follow (`DoubtfulDate`), unless `sure` is True, or the mark that the refusal has.
    """

    no_patient: str | None = None

    def __init__(self, house: House, carriers: Mapping[str, Carrier], prove: Prove) -> None:
        super().__init__(house, prove)
        self._carriers = dict(carriers)

    def close(self) -> None:
        """Let the database go; an engine can also be used in a `with` statement."""
        self._house.store.dispose()

    def __enter__(self) -> Engine:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def open(
        self,
        workflow: str,
        *,
        actor: str,
        subject: str | None = None,
        period: str | None = None,
        fields: Mapping[str, Any] | None = None,
        reason: str | None = None,
        request: str | None = None,
        sure: str | bool = False,
    ) -> Item:
        """Open an item, as a person."""
        given = self._kept(fields)
        self._look_through(reason=reason, fields=given)
        wish = Wish(workflow, subject, period, actor, given, reason)
        changed = open_one(self._house, wish, request, doubt=unless_sure(None, sure))
        return errands.follow_up(self._house, changed).item

    def advance(
        self,
        item: Item | str,
        trigger: str,
        *,
        actor: str,
        fields: Mapping[str, Any] | None = None,
        reason: str | None = None,
        revision: int | None = None,
        request: str | None = None,
        sure: str | bool = False,
    ) -> Item:
        """Make a transition. A field whose value is a `Path` is a document: its bytes are kept, by their SHA-256."""
        return self._change(item, Fire(trigger, self._kept(fields), reason), actor, revision, request, sure=sure).item

    def record(
        self,
        item: Item | str,
        fields: Mapping[str, Any],
        *,
        actor: str,
        reason: str | None = None,
        revision: int | None = None,
        sure: str | bool = False,
    ) -> Item:
        """Fill or empty fields without moving."""
        return self._change(item, Record(self._kept(fields), reason), actor, revision, sure=sure).item

    def comment(
        self,
        item: Item | str,
        text: str,
        *,
        actor: str,
        colleagues_only: bool = False,
        why_late: bool = False,
        tell: str | None = None,
    ) -> Item:
        """Say something; it stays in the history.

        Args:
            colleagues_only: the people of the organisation that the item is about are not told it.
            why_late: it is why the item is late; lists of what is late show the last such reason.
            tell: who is sent word of it, by name; somebody who may read it.
        """
        return self._change(item, Comment(text, colleagues_only, why_late, tell), actor, None).item

    def claim(self, item: Item | str, *, actor: str, stage: str | None = None, revision: int | None = None) -> Item:
        """Take on what is offered to one's role."""
        return self._change(item, Claim(stage), actor, revision).item

    def release(self, item: Item | str, *, actor: str, stage: str | None = None, revision: int | None = None) -> Item:
        """Give back what one has taken on."""
        return self._change(item, Release(stage), actor, revision).item

    def assign(
        self,
        item: Item | str,
        person: str,
        *,
        actor: str,
        reason: str,
        stage: str | None = None,
        revision: int | None = None,
    ) -> Item:
        """Give what is open to another person."""
        return self._change(item, Assign(person, reason, stage), actor, revision).item

    def hold(
        self, item: Item | str, *, actor: str, reason: str, until: datetime | None = None, revision: int | None = None
    ) -> Item:
        """Stop the clock."""
        return self._change(item, PutOnHold(reason, until), actor, revision).item

    def resume(self, item: Item | str, *, actor: str, reason: str | None = None, revision: int | None = None) -> Item:
        """Run the clock again."""
        return self._change(item, Resume(reason), actor, revision).item

    def cancel(self, item: Item | str, *, actor: str, reason: str, revision: int | None = None) -> Item:
        """Withdraw an item with its sub-items."""
        return self._change(item, Cancel(reason), actor, revision).item

    def correct(
        self,
        item: Item | str,
        *,
        actor: str,
        reason: str,
        fields: Mapping[str, Any] | None = None,
        stage: str | None = None,
        corrects: int | None = None,
        revision: int | None = None,
        sure: str | bool = False,
    ) -> Item:
        """Put right what was recorded wrongly; the history keeps both.

        Args:
            stage: where it really is. A stage that it was at before is due when it was due then.
            corrects: the number of the event that was wrong.
        """
        command = Correct(reason, self._kept(fields), stage, corrects)
        return self._change(item, command, actor, revision, sure=sure).item

    def change_date(
        self,
        item: Item | str,
        on: date,
        *,
        actor: str,
        basis: str,
        reason: str,
        stage: str | None = None,
        approver: str | None = None,
        revision: int | None = None,
        sure: str | bool = False,
    ) -> Item:
        """Another due date for one item, with authority."""
        return self._change(item, ChangeDate(on, basis, reason, stage, approver), actor, revision, sure=sure).item

    def add_sub_item(
        self,
        item: Item | str,
        *,
        actor: str,
        fields: Mapping[str, Any] | None = None,
        stage: str | None = None,
        revision: int | None = None,
        sure: str | bool = False,
    ) -> Item:
        """Hang one more sub-item on a stage that is still growing."""
        return self._change(item, AddSubItem(self._kept(fields), stage), actor, revision, sure=sure).item

    def bulk_advance(
        self,
        items: Sequence[Item | str],
        trigger: str,
        *,
        actor: str,
        fields: Mapping[str, Any] | None = None,
        reason: str | None = None,
        preview: bool = False,
        request: str | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> list[bulk.Outcome]:
        """One decision for many items: each is done or refused by itself; `preview` tells which, and writes nothing.

        What stopped half-way goes on when it is sent again under the same `request` key: no item is moved twice.
        """
        given = self._kept(fields)
        self._look_through(reason=reason, fields=given)
        wanted = [(i.id, i.revision) if isinstance(i, Item) else (i, None) for i in items]
        command = Fire(trigger, given, reason, bulk=True)
        asked = whole(request_of(request), sorted(name for name, _ in wanted), command, actor)
        decision = bulk.Bulk(command, actor, preview, asked)
        return bulk.advance(self._house, wanted, decision, progress=progress)

    def ask_removal(self, item: str, file: str, *, actor: str, reason: str) -> Removal:
        """Ask for a file or a text that names a patient to be removed; nobody is given it from now on but who decides.

        Args:
            file: its SHA-256, the beginning of that, or its name at this item; of a text, what stands for it in the
                history, the beginning of that, or the number of its event where one text was typed in that.
        """
        return removing.ask(self._house, item, file, actor=actor, reason=reason, no_patient=self.no_patient)

    def confirm_removal(self, sha256: str, *, actor: str, key: str | None = None) -> Removal:
        """Remove a file or a text for good, as the second person; `key` is the wish that was read."""
        return removing.confirm(self._house, sha256, actor=actor, key=key)

    def decline_removal(self, sha256: str, *, actor: str, reason: str, key: str | None = None) -> Removal:
        """Leave a file or a text where it is."""
        return removing.decline(self._house, sha256, actor=actor, reason=reason, key=key, no_patient=self.no_patient)

    def publish(self, paths: Iterable[Path], *, actor: str | None) -> list[publishing.Published]:
        """Publish definitions."""
        return publishing.publish(self._house, paths, actor=actor)

    def move_meeting(
        self,
        body: str,
        key: str | date,
        at: datetime | date | str | None,
        *,
        actor: str,
        reason: str,
        preview: bool = False,
        sure: str | bool = False,
    ) -> list[Redated]:
        """Hold a meeting at another time, or (None) not at all; a day alone keeps its time of day.

        Args:
            key: the day that was planned for it.
            at: text as ISO 8601 has it.
            sure: hold it on a day that has passed, or is not worked.

        Raises:
            DoubtfulDate: it has, or is not, and nobody said that it is meant.
            ImpossibleDate, NaiveInstant: what is given for the new time is none.
        """
        self._look_through(reason=reason, fields=None)
        when = _when(at)
        return meetings.move(self._house, body, str(key), when, actor=actor, reason=reason, preview=preview, sure=sure)

    def tick(
        self,
        *,
        seconds: float | None = None,
        pause: Callable[[], object] | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> sweep.Swept:
        """One sweep now: timers, cycles, and what waits to leave the house; its arguments are those of `sweep`."""
        swept = sweep.sweep(self._house, seconds=seconds, pause=pause, progress=progress)
        daily.run(self._house, self.now())
        delivery.deliver(self._house, self._carriers)
        recounting.take_up(self._house, self.now())
        uploads.clear(self._house, self.now())
        return swept

    def migrate(
        self, workflow: str, choices: migrating.Choices, *, actor: str, reason: str, **more: Any
    ) -> list[migrating.Moved]:
        """Move live items to a published version, one by one; what else can be said is as in `service.migrating`."""
        self._look_through(reason=reason, fields=None)
        return migrating.migrate(self._house, workflow, choices, actor=actor, reason=reason, **more)

    def retry_incident(self, number: int, *, actor: str, reason: str) -> Incident:
        """Let what an incident is about be done again, at the next look."""
        return incidents.try_again(self._house, number, actor=actor, reason=reason)

    def give_up_incident(self, number: int, *, actor: str, reason: str) -> Incident:
        """Leave an incident at that."""
        return incidents.give_up(self._house, number, actor=actor, reason=reason)

    def do(
        self,
        item: str,
        command: Command,
        *,
        actor: str,
        revision: int | None,
        request: Request | None = None,
        sure: str | bool = False,
    ) -> Item:
        """Any command; `request` says what was asked under its key, so that a repeated one is done once."""
        doubt = unless_sure(command, sure)
        changed = change(self._house, item, command, actor=actor, seen=revision, request=request, doubt=doubt)
        return errands.follow_up(self._house, changed).item

    def _change(
        self,
        item: Item | str,
        command: Command,
        actor: str,
        revision: int | None,
        request: str | None = None,
        *,
        sure: str | bool = False,
    ) -> Changed:
        name, seen = (item.id, item.revision) if isinstance(item, Item) else (item, revision)
        said = {text: getattr(command, text, None) for text in ("reason", "basis", "text")}
        self._look_through(**said, fields=getattr(command, "fields", None))
        changed = change(
            self._house,
            name,
            command,
            actor=actor,
            seen=revision if revision is not None else seen,
            request=request,
            doubt=unless_sure(command, sure),
        )
        return errands.follow_up(self._house, changed)

    def _look_through(self, *, fields: Mapping[str, Any] | None, **said: Any) -> None:
        """Refuse what looks like a patient's data, also in files, before an item has it; raises `LooksLikePatient`."""
        require_none({**said, **readable(fields or {}, partial(bytes_of, self._house))}, self.no_patient)

    def _kept(self, fields: Mapping[str, Any] | None) -> dict[str, Any]:
        return {
            name: attach_file(self._house, value) if isinstance(value, Path) else value
            for name, value in (fields or {}).items()
        }


def _when(at: datetime | date | str | None) -> datetime | date | None:
    """A day, or an aware instant, that may be written as text."""
    if isinstance(at, str):
        try:
            at = datetime.fromisoformat(at) if len(at.strip()) > len("2027-08-06") else written_day(at)
        except ValueError:
            raise ImpossibleDate(
                f"{at!r} is no time; write it as 2027-08-06T14:00+01:00, or a day as 2027-08-06"
            ) from None
    if isinstance(at, datetime) and at.tzinfo is None:
        raise NaiveInstant(f"{at.isoformat()} does not say how far it is from UTC; write it as 2027-08-06T14:00+01:00")
    return at
