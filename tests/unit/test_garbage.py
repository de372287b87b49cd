"""The search for circles is put off, and always goes on afterwards."""

from __future__ import annotations

import gc

import pytest

from qa_workflow.garbage import uncollected


def _refuse() -> None:
    assert not gc.isenabled()
    raise LookupError


def test_it_goes_on_after_the_block_whatever_happens_in_it() -> None:
    """Also after a refusal; and what was off before stays off."""
    with pytest.raises(LookupError), uncollected():
        _refuse()
    assert gc.isenabled()
    gc.disable()
    try:
        with uncollected():
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
