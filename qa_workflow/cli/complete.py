"""What the shell may offer: items, triggers, people and other names of the database; silent when it cannot tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import rich_click as click
from click.shell_completion import CompletionItem

if TYPE_CHECKING:
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


def _items(parts: Parts, _ctx: click.Context) -> Iterable[tuple[str, str]]:
    from qa_workflow.service.ports.store import ItemQuery

    return [
        (i.reference, ", ".join(v.stage for v in i.leaves()))
        for i in parts.engine.items(ItemQuery(open_only=True, limit=5_000))
    ]


def _triggers(parts: Parts, ctx: click.Context) -> Iterable[tuple[str, str]]:
    name = ctx.params.get("item")
    if name:
        return [(step.trigger, step.title) for step in parts.engine.steps(parts.engine.item(name))]
    with parts.house.looking() as (_, world):
        found = {t.trigger: t.title for name in world.latest for t in world.newest(name)[0].triggers().values()}
    return sorted(found.items())


def _people(parts: Parts, _ctx: click.Context) -> Iterable[tuple[str, str]]:
    with parts.house.looking() as (_, world):
        return [(p.name, p.title) for p in world.governance.people.values()]


def _workflows(parts: Parts, _ctx: click.Context) -> Iterable[tuple[str, str]]:
    with parts.house.looking() as (_, world):
        return [(name, world.newest(name)[0].title) for name in world.latest]


def _bodies(parts: Parts, _ctx: click.Context) -> Iterable[tuple[str, str]]:
    with parts.house.looking() as (_, world):
        return [(b.name, b.title) for b in world.governance.bodies.values()]


def _organisations(parts: Parts, _ctx: click.Context) -> Iterable[tuple[str, str]]:
    with parts.house.looking() as (_, world):
        return [(o.name, o.title) for o in world.governance.organisations.values()]


items = _offering(_items)
triggers = _offering(_triggers)
people = _offering(_people)
workflows = _offering(_workflows)
bodies = _offering(_bodies)
organisations = _offering(_organisations)
