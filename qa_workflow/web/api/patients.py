"""Patient data does not belong here: what is sent is looked through as the pages look through what is typed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from qa_workflow.engine import Item
from qa_workflow.service.items.attachments import bytes_of, read_ticket
from qa_workflow.service.items.inside import readable
from qa_workflow.service.items.patient_data import require_none
from qa_workflow.web.api.door import Caller
from qa_workflow.web.api.models.items import Document, Looked

TEXTS = ("reason", "basis", "text")


def look_through(ask: Caller, body: Looked, item: Item | None = None) -> None:
    """Refuse what looks like a patient's data and is not confirmed as something else.

    Fields are told by name only where the item's workflow has them: nothing that was sent is repeated.

    Raises:
        LooksLikePatient: says where.
    """
    known = ask.world.workflow(item.definition).fields if item is not None else {}
    given: dict[str, Any] = {name: found for name in TEXTS if (found := getattr(body, name, None)) is not None}
    sent = readable({name: _plain(value) for name, value in getattr(body, "fields", {}).items()}, _uploaded(ask))
    rest = [text for name, value in sent.items() if name not in known for text in _texts(value)]
    given.update({f"fields.{name}": value for name, value in sent.items() if name in known})
    require_none({**given, "fields": rest}, body.no_patient)


def _plain(value: Any) -> Any:
    if isinstance(value, list):
        return [_plain(each) for each in value]
    return value.model_dump() if isinstance(value, Document) else value


def _uploaded(ask: Caller) -> Callable[[Mapping[str, Any]], bytes | None]:
    """What who asks has uploaded is looked into; nothing is told of any other document by its SHA-256."""

    def content(document: Mapping[str, Any]) -> bytes | None:
        told = {key: document[key] for key in ("sha256", "name", "size")}
        is_theirs = read_ticket(ask.house, ask.name, document["ticket"] or "") == told
        return bytes_of(ask.house, document) if is_theirs else None

    return content


def _texts(value: Any) -> list[str]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
