"""Patient data does not belong here: what is sent is looked through as the pages look through what is typed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qa_workflow.engine import Item
from qa_workflow.service.items.identifiers import require_none
from qa_workflow.web.api.door import Caller
from qa_workflow.web.api.models.items import Looked

TEXTS = ("reason", "basis", "text")


def look_through(ask: Caller, body: Looked, item: Item | None = None) -> None:
    """Refuse what looks like a patient's data and is not confirmed as something else.

    Fields are told by name only where the item's workflow has them: nothing that was sent is repeated.

    Raises:
        LooksLikePatient: says where.
    """
    known = ask.world.workflow(item.definition).fields if item is not None else {}
    given: dict[str, Any] = {name: found for name in TEXTS if (found := getattr(body, name, None)) is not None}
    sent: Mapping[str, Any] = getattr(body, "fields", {})
    rest = [text for name, value in sent.items() if name not in known for text in _texts(value)]
    given.update({f"fields.{name}": value for name, value in sent.items() if name in known})
    require_none({**given, "fields": rest}, body.no_patient)


def _texts(value: Any) -> list[str]:
    return [each for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
