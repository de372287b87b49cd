"""The search for circles is put off, and always goes on afterwards."""

from __future__ import annotations

import gc

import pytest

from qa_workflow.garbage import pass_over_what_is_loaded, uncollected


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


def test_what_is_loaded_is_not_gone_through_again() -> None:
    """Each time it is, nobody is answered for a tenth of a second; what comes later is still searched."""
    loaded: list[object] = []
    before = gc.get_freeze_count()
    pass_over_what_is_loaded()
    try:
        later: list[object] = []
        searched = {id(value) for value in gc.get_objects()}
        assert id(loaded) not in searched
        assert id(later) in searched
    finally:
        gc.unfreeze()
        if before:
            gc.freeze()  # as the tests' own settings have it
