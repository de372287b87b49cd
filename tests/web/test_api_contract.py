"""schemathesis over the whole API as each role: whatever is sent, no 5xx, and every answer is one that is described.

Both what the description allows and what it forbids is sent, to addresses of things that are there and of things that
are not. What a failure prints begins with the seed of the run; `QA_SEED=…` repeats it.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, note, seed, settings
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode
from schemathesis.schemas import BaseSchema
from schemathesis.specs.openapi.checks import ignored_auth, positive_data_acceptance

from qa_workflow.engine import Item
from qa_workflow.service.definitions import drafting
from qa_workflow.service.people import people, tokens
from qa_workflow.web.api import description
from tests import chance
from tests.web.programs import Program
from tests.web.site import Site

ROLES = ("quality-lead", "governance-officer", "administrator", "ghc-contact", "lay-member")
"""Provider contact, lay member and all others as they are named in the shipped governance file."""
NOBODY_ASKS = ("second-quality-lead", "clinical-lead", "director-of-quality", "committee-chair", "scrutiny-officer")
"""People whose account may end, and who may leave: none of the keys is theirs."""
SEED = chance.seed()
EXAMPLES = int(os.environ.get("SCHEMATHESIS_EXAMPLES") or 4)
"""For each operation and kind of data. What is allowed is sent by all, and without a key, since making it takes longer
than sending it; what is forbidden is sent by one of them in turn."""
_KEYS: dict[str, str] = {}
OPERATIONS = [(method.upper(), path) for path, ways in description()["paths"].items() for method in ways]


@pytest.fixture(scope="module")
def schema(shared_site: Site) -> BaseSchema:
    found = schemathesis.openapi.from_asgi("/api/v1/openapi.json", shared_site.app)
    refusing = found.config.checks.negative_data_rejection
    refusing.expected_statuses = [*refusing.expected_statuses, "413"]  # a text beyond all limits is told so
    return found


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_the_api_keeps_its_word(shared_site: Site, schema: BaseSchema, operation: tuple[str, str]) -> None:
    """No fault of ours, no status, header, media type or shape that is not described; what is forbidden is refused."""
    sys.stdout.write(f"QA_SEED={SEED}\n")
    method, path = operation
    found = schema[path][method]
    _hold(shared_site, found, GenerationMode.POSITIVE)
    if "{" in path or found.query or found.body:  # otherwise there is nothing to be wrong about
        _hold(shared_site, found, GenerationMode.NEGATIVE)


def _hold(shared_site: Site, operation: Any, mode: GenerationMode) -> None:
    @seed(SEED)
    @settings(
        max_examples=EXAMPLES,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
        print_blob=True,
    )
    @given(case=operation.as_strategy(generation_mode=mode), hit=st.integers(0, 10**6))
    def holds(case: Case[Any], hit: int) -> None:
        if mode is GenerationMode.NEGATIVE:
            _send(shared_site, case, ROLES[hit % len(ROLES)])
            return
        for role in (*ROLES, None):
            if hit % 4:
                _aim(shared_site, case, hit)
            _send(shared_site, case, role)

    holds()


def _send(shared_site: Site, case: Case[Any], role: str | None) -> None:
    excluded = [positive_data_acceptance, ignored_auth]  # the rules refuse much that is well formed; tests of their own
    note(f"asked by {role or 'nobody'}")
    headers = {"Authorization": f"Bearer {_key(shared_site, role)}"} if role else {}
    case.call_and_validate(headers=headers, excluded_checks=excluded)


def _key(shared_site: Site, role: str) -> str:
    """A key that is good: one of the operations takes every key of its person back, another gives more of them."""
    now = shared_site.wall.now()
    if role not in _KEYS or tokens.find(shared_site.house, _KEYS[role], now=now) is None:
        for old in tokens.of(shared_site.house, role, now=now):
            tokens.take_back(shared_site.house, role, old.id, now=now)
        _KEYS[role] = Program(shared_site, role).key
    return _KEYS[role]


def _aim(shared_site: Site, case: Case[Any], hit: int) -> None:
    """At something that is there, at its revision: otherwise nothing but 404 would be seen."""
    parts = case.path_parameters
    if "person" in parts:
        parts["person"] = NOBODY_ASKS[hit % len(NOBODY_ASKS)]
        _look_at(case, people.person(shared_site.house, parts["person"]).revision)
    if "name" in parts:
        parts["name"] = "governing_body" if "/bodies/" in case.path else "provider_assurance"
    if "number" in parts and (found := drafting.drafts(shared_site.house)):
        draft = found[hit % len(found)]
        parts["number"] = draft.id
        _look_at(case, draft.revision)
    if "id" not in parts:
        return
    items = shared_site.engine.items(limit=50)
    item = items[hit % len(items)]
    parts["id"] = item.id
    _look_at(case, item.revision)
    _make_sense(shared_site, item, case, hit)


def _look_at(case: Case[Any], revision: int | str) -> None:
    if "If-Match" in case.headers:
        case.headers["If-Match"] = f'"{revision}"'


def _make_sense(shared_site: Site, item: Item, case: Case[Any], hit: int) -> None:
    """Names that mean something, in half of the bodies."""
    if isinstance(case.body, dict) and hit % 2:
        steps = shared_site.engine.steps(item)
        workflow = shared_site.engine.workflow(item)
        if "trigger" in case.body and steps:
            case.body["trigger"] = steps[hit % len(steps)].trigger
        if isinstance(given := case.body.get("fields"), dict):
            case.body["fields"] = dict(zip(workflow.fields, given.values(), strict=False))
        if case.body.get("person"):
            case.body["person"] = "quality-lead"
