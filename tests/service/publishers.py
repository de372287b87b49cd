"""The small commissioner's office with people who publish: two administrators and a publisher."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import yaml

from qa_workflow.service.front import Engine
from qa_workflow.testing import FakeClock, Postbox
from tests.service.conftest import DEFINITIONS, opener, proved


def _governance() -> str:
    tree: dict[str, Any] = yaml.safe_load(DEFINITIONS["governance.yaml"])
    tree["roles"] |= {"administrator": {"title": "Administrator"}, "publisher": {"title": "Publisher"}}
    tree["roles"]["visitor"] = {"title": "Visitor", "about": "nobody is one at present"}
    tree["rights"] |= {"publish": ["administrator", "publisher"], "meet": "chair"}
    people = {"ada": "administrator", "abe": "administrator", "pip": "publisher"}
    for name, role in people.items():
        tree["people"][name] = {"title": f"{name.title()}, {role}", "roles": role, "organisation": "commissioner"}
    return yaml.safe_dump(tree, sort_keys=False, width=200)


GOVERNANCE = _governance()
REPORT = DEFINITIONS["report.yaml"]


@contextmanager
def office_at(
    folder: Path,
    url: str,
    clock: FakeClock | None = None,
    texts: dict[str, str] | None = None,
    *,
    whole: bool = True,
) -> Iterator[Engine]:
    """An engine with a report, site visits and whatever `texts` adds; it proves itself afterwards if `whole`."""
    definitions = folder / "definitions"
    definitions.mkdir()
    for name, text in {**DEFINITIONS, "governance.yaml": GOVERNANCE, **(texts or {})}.items():
        (definitions / name).write_text(text)
    with opener(folder, url, clock or FakeClock("2027-04-02T09:00"), Postbox())() as engine:
        yield engine
        if whole:
            proved(engine)
