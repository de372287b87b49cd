"""What the shell may offer: items, triggers, fields, people and other names of the database; else nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import rich_click as click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
    from qa_workflow.definition import Workflow
    from qa_workflow.wiring import Parts

MOST = 200
Offer = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]


def _offering(find: Callable[[Parts, click.Context], Iterable[tuple[str, str]]]) -> Offer:
    """A completion from the database; any fault at all means that nothing is offered."""

    def offer(ctx: click.Context, _param: click.Parameter, incomplete: str) -> list[CompletionItem]:
        from qa_workflow.cli.command import session_of

        try:
            with session_of(ctx).parts() as parts:
                found = list(find(parts, ctx))
        except Exception:  # noqa: BLE001  a shell that waits for a word must not get a message
            return []
        return [CompletionItem(name, help=title) for name, title in found if name.startswith(incomplete)][:MOST]

    return offer


def _typed(ctx: click.Context, name: str) -> str | None:
    """What was typed already for an argument or option; click leaves arguments unread before an unfinished option."""
    places = [each.name for each in ctx.command.params if isinstance(each, click.Argument)]
    found: str | None = ctx.params.get(name) or dict(zip(places, ctx.args, strict=False)).get(name)
    return found


def _items(parts: Parts, _ctx: click.Context) -> Iterable[tuple[str, str]]:
    from qa_workflow.service.ports.store import ItemQuery

    return [
        (i.reference, ", ".join(v.stage for v in i.leaves()))
        for i in parts.engine.items(ItemQuery(open_only=True, limit=5_000))
    ]


def _triggers(parts: Parts, ctx: click.Context) -> Iterable[tuple[str, str]]:
    name = _typed(ctx, "item")
    if name:
        return [(step.trigger, step.title) for step in parts.engine.steps(parts.engine.item(name))]
    with parts.house.looking() as (_, world):
        found = {t.trigger: t.title for each in world.workflows.values() for t in each.triggers().values()}
    return sorted(found.items())


def _stages(parts: Parts, ctx: click.Context) -> Iterable[tuple[str, str]]:
    """Of the item that is named, the stages that are open; else all there are."""
    name = _typed(ctx, "item")
    if name:
        item = parts.engine.item(name)
        stages, wanted = parts.engine.workflow(item).stages, [visit.stage for visit in item.leaves()]
        return [(path, stages[path].title) for path in wanted]
    return sorted({path: each.title for found in _workflow(parts, ctx) for path, each in found.stages.items()}.items())


def _fields(parts: Parts, ctx: click.Context) -> Iterable[tuple[str, str]]:
    """Of the step that is named, the fields that it needs or asks for; else all of the workflow's."""
    name, trigger = _typed(ctx, "item"), _typed(ctx, "trigger")
    found = {f"{field.name}=": field.label for each in _workflow(parts, ctx) for field in each.fields.values()}
    if name and trigger:
        steps = [step for step in parts.engine.steps(parts.engine.item(name)) if step.trigger == trigger]
        wanted = [f"{field}=" for step in steps for field in (*step.needs, *step.asks)]
        return [(each, found[each]) for each in wanted if each in found]
    return sorted(found.items())


def _workflow(parts: Parts, ctx: click.Context) -> Iterable[Workflow]:
    """The workflow of the item that is named, or the one that is named itself; else each."""
    name = _typed(ctx, "item")
    if name:
        return [parts.engine.workflow(parts.engine.item(name))]
    with parts.house.looking() as (_, world):
        named = _typed(ctx, "workflow")
        return [each for each in world.workflows.values() if named in (None, each.name)]


def _people(parts: Parts, _ctx: click.Context) -> Iterable[tuple[str, str]]:
    with parts.house.looking() as (_, world):
        return [(p.name, p.title) for p in world.governance.people.values()]


def _workflows(parts: Parts, _ctx: click.Context) -> Iterable[tuple[str, str]]:
    with parts.house.looking() as (_, world):
        return [(each.name, each.title) for each in world.workflows.values()]


def _owners(parts: Parts, ctx: click.Context) -> Iterable[tuple[str, str]]:
    with parts.house.looking() as (_, world):
        return [*((r.name, r.title) for r in world.governance.roles.values()), *_people(parts, ctx)]


def _bodies(parts: Parts, _ctx: click.Context) -> Iterable[tuple[str, str]]:
    with parts.house.looking() as (_, world):
        return [(b.name, b.title) for b in world.governance.bodies.values()]


def _organisations(parts: Parts, _ctx: click.Context) -> Iterable[tuple[str, str]]:
    with parts.house.looking() as (_, world):
        return [(o.name, o.title) for o in world.governance.organisations.values()]


items = _offering(_items)
triggers = _offering(_triggers)
stages = _offering(_stages)
fields = _offering(_fields)
people = _offering(_people)
owners = _offering(_owners)
workflows = _offering(_workflows)
bodies = _offering(_bodies)
organisations = _offering(_organisations)
