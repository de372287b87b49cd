"""What somebody typed, in words, where it is shown outside its form: to be sent again, or to be copied."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from qa_workflow.definition import Workflow
from qa_workflow.definition.model import FieldType
from qa_workflow.service.refusals import UnknownItem
from qa_workflow.service.telling.naming import Naming
from qa_workflow.service.telling.titles import titles
from qa_workflow.web import days
from qa_workflow.web.asking import Ask
from qa_workflow.web.fields import CONFIRMED, PREFIX
from qa_workflow.web.forms import FORM_KEY, KEPT, NEXT
from qa_workflow.web.sending import SURE

_MACHINERY = frozenset(
    {FORM_KEY, CONFIRMED, KEPT, NEXT, SURE, "revision", "request", "seen", "items", "ways", "list", "go", "hash"}
)
_NAMED = frozenset({"approver", "choice", "organisation", "roles", "subject", "substitute", "taker"})
"""Fields of our own forms that hold the name of somebody or of an organisation."""
_LABELS = {"audience": "Who it is for", "choice": "To whom", "subject": "About", "text": "Comment"}
"""What fields of our own forms are called there, where that is not their name."""
_BOX = re.compile(rf"(.+)[-.](?:{'|'.join(days.PARTS)})")
"""One of the three boxes of a day: `until-day`, `field.due_on.year`."""
_PART = re.compile(r"([1-9]\d{0,2})\.(?:.*\.(?=field\.|reason$))?")
"""What names begin with where a form has several parts: `2.trigger`, `2.open.return.reason`; see pages/bulk.py."""
Pairs = Iterable[tuple[str, str]]


def shown(pairs: Pairs) -> Iterator[tuple[str, str]]:
    """The name of each field as words, and its text as it stood there."""
    for name, texts in _by_field(pairs).items():
        yield _label(_PART.sub("", name, count=1).removeprefix(PREFIX)), "\n".join(texts)


def in_words(ask: Ask, path: str, pairs: Pairs) -> Iterator[tuple[str, str]]:
    """The same as people read it: by the labels and titles of the item to whose form it belongs, and of the house."""
    fields = _by_field(pairs)
    whole = _workflow(ask, path)
    for full, texts in fields.items():
        part = _PART.match(full)
        workflow = _named(ask, fields.get(f"{part[1]}.trigger", [""])[0]) if part else whole
        name = full[part.end() :] if part else full
        field = name.removeprefix(PREFIX)
        if workflow is not None and name.startswith(PREFIX) and field in workflow.fields:
            told = Naming(ask.world, workflow).value(field, _value(workflow, field, texts))
            yield told.label, told.text
        elif workflow is not None and name == "stage" and texts[0] in workflow.stages:
            yield "Stage", workflow.stages[texts[0]].title
        elif name == "audience":
            yield _label(name), "Colleagues only" if texts[0] == "colleagues" else "Everybody who may see the item"
        elif workflow is not None and name == "trigger":
            step = workflow.triggers().get(texts[0].rpartition(":")[2])
            yield "What is decided", step.title if step is not None else texts[0]
        else:
            yield _label(field), "\n".join(_titles(ask, texts) if name in _NAMED else texts)


def _by_field(pairs: Pairs) -> Mapping[str, list[str]]:
    """What was typed by field, the three boxes of a day as one text; without what people do not see."""
    found: dict[str, list[str]] = {}
    for name, text in pairs:
        if not text.strip() or _PART.sub("", name, count=1) in _MACHINERY or name.endswith(".ticket"):
            continue
        of_day = _BOX.fullmatch(name)
        if of_day and of_day[1] in found:
            found[of_day[1]][0] += f" {text}"
        else:
            found.setdefault(of_day[1] if of_day else name, []).append(text)
    return found


def _label(name: str) -> str:
    return _LABELS.get(name) or name.replace("_", " ").replace("-", " ").capitalize()


def _value(workflow: Workflow, name: str, texts: list[str]) -> Any:
    kind, text = workflow.fields[name].type, texts[0]
    if kind is FieldType.LIST:
        return [line for each in texts for line in each.splitlines() if line.strip()]
    return {"yes": True, "no": False}.get(text, text) if kind is FieldType.YES_NO else text


def _titles(ask: Ask, texts: list[str]) -> Iterator[str]:
    governance = ask.world.governance
    organisations = {organisation.name: organisation.title for organisation in governance.organisations.values()}
    for text in texts:
        (title,) = titles(governance, [text.rpartition(":")[2]])
        yield organisations.get(title, title)


def _named(ask: Ask, trigger: str) -> Workflow | None:
    """The workflow of what was decided for many items."""
    return ask.world.workflows.get(trigger.partition(":")[0])


def _workflow(ask: Ask, path: str) -> Workflow | None:
    """The workflow to whose form a path belongs: of the item that it ends in, or that it names itself."""
    parts = path.partition("?")[0].split("/")
    if parts[2:3] and parts[2] in ask.world.workflows:
        return ask.world.workflows[parts[2]]
    for start in (2, 3):  # /hold/…, /advance/{trigger}/…
        try:
            return ask.world.workflow(ask.item("/".join(parts[start:])).definition)
        except UnknownItem:
            continue
    return None
