"""A workflow of one's own, driven from Python: `python examples/from_python.py [DATABASE]`.

Everything is on the engine that `qa_workflow.connect` gives: open, advance, item, items, overdue, explain, tick. What
the rules do not allow comes back as a `Refusal`, an ordinary answer with a reason.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from qa_workflow import Engine, connect
from qa_workflow.errors import Refusal

WORKFLOWS = Path(__file__).parent / "policy_review"


def main(database: str) -> None:
    """Take one policy as far as the partners' meeting."""
    with connect(database, workflows=WORKFLOWS) as engine:
        item = engine.open("policy_review", actor="author", fields={"policy": "Chaperones"})
        show(engine, item.reference)

        draft = Path(__file__).parent / "policy_review" / "chaperones.txt"
        item = engine.advance(item, "send", actor="author", fields={"draft": draft})

        try:
            engine.advance(item, "agree", actor="author", fields={"comment": "I like it."})
        except Refusal as refusal:
            print(f"Refused: {refusal}")

        item = engine.advance(item, "agree", actor="reviewer", fields={"comment": "Clear, and short enough."})
        show(engine, item.reference)
        print(f"Late: {len(engine.overdue())} of {len(engine.items())}")

        engine.tick()  # what `qa-workflow run` does all the time: reminders, deadlines, mail
        for event in engine.history(item.reference):
            print(f"{event.seq}. {event.kind} by {event.actor}: {event.source or 'new'} -> {event.target}")


def show(engine: Engine, reference: str) -> None:
    """Where an item is, what can be done, and why its date is what it is."""
    item = engine.item(reference)
    for step in engine.steps(item):
        print(f"{reference} is at {step.stage}; {step.trigger!r} is for {', '.join(step.by)}")
    for date in engine.explain(reference):
        print(f"  {date.why}")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(sys.argv[1])
    else:
        with tempfile.TemporaryDirectory() as folder:
            main(str(Path(folder) / "policies.db"))
