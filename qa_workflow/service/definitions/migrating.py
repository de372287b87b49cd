"""Moving live items to another version of their workflow: what it means for each is shown first, and then happens.

Nothing is moved by publishing. One item a transaction, each with the reason and who approved the version. What is
stopped half-way goes on where it stopped, because an item that is there already is passed by.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from qa_workflow.definition import Workflow
from qa_workflow.definition.differences.workflow import renames
from qa_workflow.definition.model import DONE
from qa_workflow.engine import Item
from qa_workflow.engine.commands import DateChoice, Migrate
from qa_workflow.engine.refusals import ItemIsOver, Nonsense
from qa_workflow.engine.said import said
from qa_workflow.engine.shifting import is_other
from qa_workflow.engine.verdicts import Fate, Onlooker, Verdict, foretold, judged, refused
from qa_workflow.errors import Refusal, StorageFault, UsageFault
from qa_workflow.service.agendas import counted, keep_up
from qa_workflow.service.house import House, Work, afterwards
from qa_workflow.service.items import errands
from qa_workflow.service.items.changing import changed, saving, write
from qa_workflow.service.items.requests import Request
from qa_workflow.service.ports.store import Found, ItemQuery, Reader, Taken
from qa_workflow.service.rights import require
from qa_workflow.service.saved import PartlySaved
from qa_workflow.service.telling.versions import WORKFLOW, version
from qa_workflow.service.world import World

PAGE = 200
"""Items of one look."""
SHOWN = 50
"""Verdicts of each kind that an impact shows, if nothing else is said; the counts are of all."""


@dataclass(frozen=True, slots=True)
class Target:
    """The version that items go to. `approver` is who published it; None while it is a draft."""

    workflow: Workflow
    version: int
    approver: str | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """What an administrator says of the move; as in `engine.commands.Migrate`."""

    instead: Mapping[str, str] = field(default_factory=dict)
    dates: DateChoice = DateChoice.KEEP
    by_stage: Mapping[str, DateChoice] = field(default_factory=dict)

    def command(self, target: Target, reason: str) -> Migrate:
        """The same as the engine wants it."""
        return Migrate(
            target.workflow, target.version, reason, target.approver, self.instead, self.dates, self.by_stage
        )


@dataclass(frozen=True, slots=True)
class Gone:
    """A stage that is not in the target, with items in it, or a step that items have made; `likely` is what it seems to
    be called now. Of a step it matters who made it, where a second person is asked for.
    """

    path: str
    title: str
    items: int
    in_branch: bool
    likely: str | None = None
    is_step: bool = False


@dataclass(slots=True)
class Impact:
    """What a version means for the live items of its workflow: how many of each fate, the first verdicts of each."""

    target: Target
    total: int = 0
    counts: Counter[Fate] = field(default_factory=Counter)
    shown: dict[Fate, list[Verdict]] = field(default_factory=dict)
    gone: list[Gone] = field(default_factory=list)
    there: int = 0
    """Items that are under the target already."""
    passed: Counter[Fate] = field(default_factory=Counter)
    """How many of each fate come before those that are shown."""
    last: dict[Fate, int] = field(default_factory=dict)
    """Of each fate, where what is shown of it ended: what goes on from there is shifted by nothing."""

    @property
    def is_more(self) -> frozenset[Fate]:
        """The fates of which there is more."""
        return frozenset(f for f in Fate if self.passed[f] + len(self.shown.get(f, ())) < self.counts[f])


@dataclass(frozen=True, slots=True)
class Moved:
    """What became of an item: its verdict, and whether it was moved (False: it was refused, or left alone)."""

    verdict: Verdict
    done: bool


def target_of(world: World, workflow: Workflow) -> Target:
    """A text that is not published yet, as the next version of its name; a published one as itself."""
    known = world.latest.get(workflow.name)
    if known is not None and known.hash == workflow.hash:
        return Target(workflow, known.version, known.published_by)
    return Target(workflow, known.version + 1 if known else 1)


def published(world: World, name: str, number: int | None = None) -> Target:
    """A published version, the newest if none is named; raises `UnknownVersion`."""
    found = version(world, WORKFLOW, name, number)
    return Target(world.workflow(found.hash), found.version, found.published_by)


def dated_otherwise(world: World, target: Target) -> dict[str, str]:
    """Stages of other versions, path and title, whose due dates the target counts otherwise; each is a choice."""
    new = target.workflow
    found: dict[str, str] = {}
    for old in _other_versions(world, target):
        for stage in old.stages.values():
            now = new.stages.get(stage.path)
            if (stage.due or stage.meeting) and (now is None or is_other(old, stage, new, now)):
                found[stage.path] = stage.title
    return found


def titles(world: World, target: Target) -> dict[str, str]:
    """How the stages are called, by path, in the versions that items come from and in the one that they go to."""
    both = (*_other_versions(world, target), target.workflow)
    return {path: stage.title for workflow in both for path, stage in workflow.stages.items()}


def _other_versions(world: World, target: Target) -> Iterator[Workflow]:
    new = target.workflow
    return (each for each in world.every_version() if each.name == new.name and each.hash != new.hash)


def impact(
    house: House,
    target: Target,
    choices: Choices | None = None,
    *,
    show: int = SHOWN,
    after: Mapping[Fate, int] | None = None,
    progress: Callable[[int], None] | None = None,
) -> Impact:
    """What a version would mean, told by deciding about every live item of its workflow; nothing is written.

    Args:
        show: how many verdicts of each fate are kept.
        after: of each fate, where to go on, as `Impact.last` of another look.
    """
    _check(target, choices or Choices())
    found = Impact(target, last=dict(after or {}))
    gone: Counter[tuple[str, str]] = Counter()
    steps = target.workflow.triggers()
    for each, verdict in verdicts(house, target, choices or Choices()):
        item, fate = each.item, verdict.fate
        found.total += 1
        found.counts[fate] += 1
        shown = found.shown.setdefault(fate, [])
        if each.row <= (after or {}).get(fate, 0):
            found.passed[fate] += 1
        elif len(shown) < show:
            shown.append(verdict)
            found.last[fate] = each.row
        gone.update((item.definition, v.stage) for v in item.visits if v.stage not in target.workflow.stages)
        gone.update((item.definition, path) for path in item.did if path not in steps)
        if progress is not None:
            progress(found.total)
    with house.looking() as (look, world):
        found.there = look.count(_live(target)) - found.total
        found.gone = _gone(world, target, gone)
    return found


def verdicts(house: House, target: Target, choices: Choices) -> Iterator[tuple[Found, Verdict]]:
    """Every live item that is not under the target, in the order of opening, with what would become of it.

    Meetings that take only so many items fill up on the way, as they do when the items are moved one after the other.
    """
    command = choices.command(target, "asked what it would mean")
    onlooker: Onlooker | None = None
    for found, look, world in _pages(house, target):
        if onlooker is None:
            onlooker = _onlooker(house, look, world)
        item = found.item
        old = world.workflow(item.definition)
        verdict, after = foretold(old, item, command, onlooker)
        keep_up(onlooker.setting, (old, item), (target.workflow if after is not item else old, after))
        yield found, verdict


def migrate(
    house: House,
    name: str,
    choices: Choices,
    *,
    actor: str,
    reason: str,
    number: int | None = None,
    leave: frozenset[Fate] = frozenset(),
    most: int | None = None,
    after: int = 0,
    progress: Callable[[Moved], None] | None = None,
) -> list[Moved]:
    """Move live items to a published version, each in a transaction of its own.

    Args:
        number: of the version; the newest if left out.
        leave: items of these fates are left where they are.
        most: after so many items it stops; called again it goes on.
        after: only items opened later than the one at this `place`, so that those left alone are not asked about again.
        progress: told of each item once it is committed.

    Raises:
        NotYours: the person has no right to.
        UnknownVersion: there is no such version.
        Nonsense: a choice names what the version has not, or there is no reason.
    """
    house.write(lambda work: require(work, actor, "publish", "move items to another version"), aside=True)
    why = said(reason)
    if not why:
        raise Nonsense(name, "a reason is needed; say why the items are moved")
    with house.looking() as (_, world):
        target = published(world, name, number)
    _check(target, choices)
    command = choices.command(target, why)
    results: list[Moved] = []
    has_errands = False
    for found in _listed(house, target, after):
        if most is not None and len(results) >= most:
            break
        try:
            moved, more = _one(house, found.item, command, actor, leave)
        except StorageFault as fault:
            if any(each.done for each in results):
                raise PartlySaved(fault) from fault
            raise
        if moved is None:
            continue
        has_errands |= more
        results.append(moved)
        if progress is not None:
            progress(moved)
    if has_errands:
        afterwards(house, errands.run)
    return results


def _one(house: House, seen: Item, command: Migrate, actor: str, leave: frozenset[Fate]) -> tuple[Moved | None, bool]:
    """One item, one transaction; None where it has come to its end, or to the version, meanwhile."""
    request = Request(f"migrate:{command.to.hash[:16]}:{command.version}:{seen.id}:{seen.revision}")

    def work(work: Work) -> tuple[Moved | None, bool]:
        taken: Taken = work.unit.take(seen.id, request.key)
        item = taken.item
        if taken.answer is not None or item.is_over or item.definition == command.to.hash:
            return None, False
        work.knows(taken)
        old = work.workflow(item)
        try:
            decision = work.decide(taken, command, work.actor(actor))
        except ItemIsOver:
            return None, False
        except (Refusal, UsageFault) as fault:
            return Moved(refused(item, fault), done=False), False
        verdict = judged(old, command.to, item, decision, _at_work(work))
        if verdict.fate in leave:
            return Moved(verdict, done=False), False
        write(work, [saving(work, taken, decision, request)])
        return Moved(verdict, done=True), changed(decision).has_errands

    return house.write(work)


def _check(target: Target, choices: Choices) -> None:
    """Refuse what no item could do, before any is asked about."""
    workflow = target.workflow
    known = {*workflow.stages, *workflow.flows, *workflow.triggers(), DONE}
    for old, new in choices.instead.items():
        if old in known:  # or one person alone could take an item past a decision, or give a step to somebody else
            raise Nonsense(
                workflow.name, f"{old!r} is there still, so nothing takes its place; correct an item yourself"
            )
        if new not in known:
            stages = ", ".join(stage.path for stage in workflow.stages.values() if stage.end is None)
            raise Nonsense(
                workflow.name, f"nothing can go from {old!r} to {new!r}, which is not there; it has {stages}"
            )


def _live(target: Target) -> ItemQuery:
    return ItemQuery(workflow=target.workflow.name, open_only=True, limit=PAGE)


def _pages(house: House, target: Target) -> Iterator[tuple[Found, Reader, World]]:
    """Live items that are not under the target, in the order of opening, a consistent look for each page of them."""
    query: ItemQuery | None = _live(target)
    while query is not None:
        with house.looking() as (look, world):
            page = look.items(query)
            yield from ((f, look, world) for f in page if f.item.definition != target.workflow.hash)
        query = query.beyond(page)


def place(house: House, moved: Sequence[Moved]) -> int:
    """Where a part ended, for the next one; 0 where there was none."""
    if not moved:
        return 0
    with house.store.reading() as look:
        return look.item(moved[-1].verdict.item).row


def places_words(places: Mapping[Fate, int]) -> str:
    """Where each fate ended, as a text; `read_places` reads it."""
    return " ".join(f"{fate.name.lower()}:{row}" for fate, row in places.items())


def read_places(text: str) -> dict[Fate, int] | None:
    """The places that a text tells; None where it tells none."""
    found = [re.fullmatch(r"([a-z_]{1,30}):([0-9]{1,18})", part, re.ASCII) for part in text.split(" ")]
    if len(found) > len(Fate) or not all(each and each[1].upper() in Fate.__members__ for each in found):
        return None
    return {Fate[each[1].upper()]: int(each[2]) for each in found if each}


def _listed(house: House, target: Target, after: int) -> Iterator[Found]:
    """The same, without a look that stays open while something is written."""
    query: ItemQuery | None = replace(_live(target), after=(0, after))
    while query is not None:
        with house.store.reading() as look:
            page = look.items(query)
        yield from (found for found in page if found.item.definition != target.workflow.hash)
        query = query.beyond(page)


def _onlooker(house: House, look: Reader, world: World) -> Onlooker:
    now = house.now()
    return Onlooker(counted(world.setting(look)), now, tuple(world.staff(world.day(now)).actors.values()))


def _at_work(work: Work) -> Onlooker:
    return Onlooker(work.setting, work.now, tuple(work.world.staff(work.day).actors.values()))


def _gone(world: World, target: Target, counts: Counter[tuple[str, str]]) -> list[Gone]:
    """Stages that items are in and that the target lacks, the fullest first; then steps of stages that it has."""
    found: dict[str, Gone] = {}
    for (definition, path), items in counts.most_common():
        if path in found:
            found[path] = replace(found[path], items=found[path].items + items)
            continue
        old = world.workflow(definition)
        likely, stage = renames(old, target.workflow), old.stages.get(path)
        if stage is not None:
            found[path] = Gone(path, stage.title, items, bool(stage.flow), likely.stages.get(path))
            continue
        step, above = old.triggers().get(path), path.rpartition(".")[0]
        if step is not None and above in target.workflow.stages:
            in_branch = bool(old.stages[above].flow)
            found[path] = Gone(path, step.title, items, in_branch, likely.steps.get(path), is_step=True)
    return sorted(found.values(), key=lambda each: each.is_step)
