"""Templates become pages: escaping always on, the filters that write dates and names as people read them."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from jinja2 import ChainableUndefined, ChoiceLoader, FileSystemLoader, PackageLoader, pass_context
from jinja2.runtime import Context
from markupsafe import Markup, escape

from qa_workflow.calendar import Basis, instant_words, local, long_date, weekday_date
from qa_workflow.calendar.words import counted
from qa_workflow.engine import Item
from qa_workflow.engine.policy import right
from qa_workflow.service.telling import disclosing
from qa_workflow.service.telling.dates import without_version
from qa_workflow.service.telling.titles import titles
from qa_workflow.service.telling.words import field_words, size_words
from qa_workflow.web.forms import FORM_KEY
from qa_workflow.web.tables import Cells
from qa_workflow.web.writing import Writing

TEMPLATES = Path(__file__).parent / "templates"
Renderer = Callable[[str, Mapping[str, Any]], str]
AT_HAND = 64
"""Questions kept as they are written out: made of the framework's parts, two took a fifth of an item's page."""


@cache
def renderer(**known: object) -> Renderer:
    """What turns a template and its values into a page; `known` is what every template may use.

    One for all applications of a process: its templates are compiled once.
    """
    # The framework's macros count on parameters that may be left out, so undefined is chainable and not an error.
    environment = Writing(
        autoescape=True,
        undefined=ChainableUndefined,
        loader=ChoiceLoader([FileSystemLoader(TEMPLATES), PackageLoader("nhsuk_frontend_jinja")]),
        trim_blocks=True,
        lstrip_blocks=True,
        auto_reload=False,
        extensions=[Cells],
    )
    environment.filters.update(
        day=day,
        weekday=weekday_date,
        moment=moment,
        meets=meets,
        who=who,
        quoted=quoted,
        also_read_by=also_read_by,
        stays=stays,
        correctors=correctors,
        words=field_words,
        size=size_words,
        basis=basis,
        counted=counted,
        for_people=without_version,
        qr=qr,
    )
    icon = environment.get_template("nhsuk/macros/icon.jinja").module.nhsukIcon  # type: ignore[attr-defined]
    asked = environment.get_template("items/audience.html").module
    environment.globals.update(
        form_key=form_key,
        revision=revision,
        icon=cache(icon),
        audience=lru_cache(AT_HAND)(asked.audience),  # type: ignore[attr-defined]
        lateness=lru_cache(AT_HAND)(asked.lateness),  # type: ignore[attr-defined]
        **known,
    )

    def render(template: str, values: Mapping[str, Any]) -> str:
        return environment.get_template(template).render(values)

    return render


def day(value: date | str | None) -> str:
    """A date, or the date of an instant in local time, as "6 August 2027"; nothing for none."""
    if not value:
        return ""
    return long_date(value if isinstance(value, date) else date.fromisoformat(value[:10]))


def basis(value: str) -> str:
    """What a due date rests on, as "as agreed locally"."""
    return Basis(value).words


@pass_context
def moment(context: Context, value: datetime | str | None) -> str:
    """An instant as "6 August 2027, 14:05", local."""
    if not value:
        return ""
    found = datetime.fromisoformat(value) if isinstance(value, str) else value
    there = local(found, context["ask"].world.governance.calendar.zone)
    return f"{long_date(there.date())}, {there:%H:%M}"


@pass_context
def meets(context: Context, value: datetime) -> str:
    """An instant as "Friday 6 August 2027 at 14:05", local: of what people come together for."""
    return instant_words(value, context["ask"].world.governance.calendar.zone)


@pass_context
def who(context: Context, names: str | Iterable[str] | None) -> str:
    """Roles and people by their titles, each title once."""
    governance = context["ask"].world.governance
    found = (names,) if isinstance(names, str) else names or ()
    return ", ".join(dict.fromkeys(titles(governance, found)))


@pass_context
def quoted(context: Context, said: str) -> str:
    """What somebody wrote, in quotation marks; without, what stands in place of a text that was taken out."""
    return said if said in context["ask"].world.in_place else f"“{said}”"


@pass_context
def also_read_by(context: Context, item: Item) -> str:
    """Whose people read what whoever asks says of an item, as far as they do not see the whole of it."""
    ask = context["ask"]
    return disclosing.also_read_by(ask.world, ask.sight, item)


@pass_context
def stays(context: Context, item: Item) -> str:
    """Of a reason, who reads it."""
    reader = also_read_by(context, item)
    if not reader:
        return "It stays in the history."
    return f"It stays in the history, where {reader} reads it too. What is for colleagues only goes into a comment."


@pass_context
def correctors(context: Context, item: Item) -> str:
    """Who may put right what was recorded wrongly of an item, by their roles' titles."""
    world = context["ask"].world
    entitled = right("correct", world.workflow(item.definition), world.governance)
    return " or ".join(titles(world.governance, entitled.roles))


def qr(text: str) -> Markup:
    """A picture that a phone reads as this text. Drawn here, since whoever else drew it would know the text."""
    import segno  # late: hardly any page has one

    drawn = segno.make_qr(text, error="m").svg_inline(scale=4, light="#fff", title="The key as a QR code")
    return Markup(drawn)  # noqa: S704  numbers, and the title


@pass_context
def form_key(context: Context) -> Markup:
    """What every form carries, so that only our own pages can send it."""
    session = context["ask"].session
    key = session.form_key if session is not None else ""
    return Markup('<input type="hidden" name="{}" value="{}">').format(FORM_KEY, key)


def revision(item: Item | Mapping[str, Any]) -> Markup:
    """What a form about an item carries: the revision looked at, and a key by which a double click counts once."""
    seen = item.revision if isinstance(item, Item) else item["revision"]
    fields = {"revision": seen, "request": secrets.token_hex(16)}
    return Markup("").join(
        Markup('<input type="hidden" name="{}" value="{}">').format(name, escape(value))
        for name, value in fields.items()
    )
