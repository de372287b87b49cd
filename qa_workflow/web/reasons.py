"""Small forms about one item that ask for a reason and little else: hold, resume, cancel, give to somebody."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from qa_workflow.definition.model import Option
from qa_workflow.engine import Item
from qa_workflow.engine.commands import Command
from qa_workflow.web.asking import Ask
from qa_workflow.web.fields import looked_through
from qa_workflow.web.item_forms import ItemForm, Typed, Wrong, fits
from qa_workflow.web.outcomes import NO_REASON


@dataclass(frozen=True, slots=True)
class Asking:
    """One small form: what it says, what it asks for beside the reason, and the command it comes to.

    `right` is the right of the governance file that it takes; the command raises `Wrong`.
    """

    right: str
    heading: str
    intro: str
    command: Callable[[Ask, str], Command]
    needs_reason: bool = True
    date_label: str = ""
    choices: Sequence[Option] = ()
    choices_label: str = ""
    warns: bool = False
    """Whether its button warns, because it is not meant to be taken back."""

    def make(self, ask: Ask, item: Item) -> ItemForm | None:
        """The form for an item, if this fits it as it is."""
        if not fits(ask, item, self.right, self.heading):
            return None
        shown = {"form": self}
        return ItemForm(self.heading, self.intro, "items/reason.html", partial(self._read, ask), shown=shown)

    def _read(self, ask: Ask) -> Typed:
        reason = ask.form.text("reason")
        filled = looked_through(ask, {"Reason": reason})
        wrong = [NO_REASON] if self.needs_reason and not reason else []
        try:
            command = self.command(ask, reason)
        except Wrong as fault:  # in the order of the form: a choice stands before the reason, a day after it
            return Typed(filled, [fault.problem, *wrong] if self.choices_label else [*wrong, fault.problem])
        return Typed(filled, wrong, None if wrong or filled.errors else command)
