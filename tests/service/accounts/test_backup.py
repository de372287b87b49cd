"""What a backup holds of those who come in: accounts and people, and not who is signed in."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import func, select

from qa_workflow.service.house import House
from qa_workflow.service.people import accounts, invitations, people
from qa_workflow.service.people.gate import Gate, WrongSignIn
from qa_workflow.store import FileDocuments, SqlStore, open_store
from qa_workflow.store.backups.backup import backup
from qa_workflow.store.backups.restoring import restore
from qa_workflow.store.proof.verifying import verify
from qa_workflow.store.tables import metadata
from qa_workflow.testing import FakeClock
from tests.databases import Databases
from tests.service.accounts.doing import CHEAP, PASSWORD
from tests.service.staffed import staffed


@pytest.fixture(params=["sqlite", "postgresql"])
def elsewhere(request: pytest.FixtureRequest) -> str:
    """URL of an empty database of each kind, whatever the backup was made of."""
    maker: Databases = request.getfixturevalue(f"{request.param}_databases")
    return maker.fresh()


def test_people_and_accounts_come_back_and_nobody_is_signed_in(
    tmp_path: Path, staffed_url: str, elsewhere: str
) -> None:
    """A copy that is restored somewhere does not open to the cookies of the house it was made of."""
    wall = FakeClock("2026-11-22T10:00")
    with staffed(tmp_path, staffed_url) as office:
        store = office._house.store
        assert isinstance(store, SqlStore)
        gate = Gate(office._house, CHEAP)
        people.add(gate.house, "ned", {"title": "Ned", "roles": ["contact"], "organisation": "north"}, actor="ada")
        people.confirm(gate.house, "ned", actor="pip")
        link = invitations.invite(gate, "ned", actor="ada", base="", now=wall.now()).link
        assert link is not None
        invitations.accept(gate, link.rpartition("/")[2], PASSWORD, now=wall.now())
        with pytest.raises(WrongSignIn):
            accounts.sign_in(gate, "ned", "wrong", source=None, now=wall.now())
        made = backup(store, tmp_path / "backup", office.now(), documents=FileDocuments(tmp_path / "documents"))
    assert {"session", "attempt"} & made.rows.keys() == set()
    restore(tmp_path / "backup", elsewhere, office.now())
    again = open_store(elsewhere)
    try:
        assert verify(again).sound
        with again.looking() as connection:
            counts = {
                name: connection.execute(select(func.count()).select_from(metadata.tables[name])).scalar_one()
                for name in ("person", "account", "session", "attempt")
            }
        assert counts == {"person": 1, "account": 1, "session": 0, "attempt": 0}
        there = Gate(House(again, gate.house.clock, gate.house.documents), gate.passwords)
        assert accounts.sign_in(there, "ned", PASSWORD, source=None, now=wall.now())[1].is_full
    finally:
        again.dispose()
