"""A database that cannot be worked with, in words for people: what happened, what was saved, what to do.

What stands in the fault itself is for who runs the machine: it names files and servers.
"""

from __future__ import annotations

from dataclasses import dataclass

from qa_workflow.errors import StorageFault


@dataclass(frozen=True, slots=True)
class Outage:
    """What happened, what was saved, what to do; each a sentence. `again`: sending the same again is a good idea."""

    happened: str
    saved: str
    do: str
    again: bool = True

    def __str__(self) -> str:
        return f"{self.happened} {self.saved} {self.do}"


_NOTHING = "Nothing of this was saved."
_SOON = "Wait a moment, then try again. If it stays so, tell your administrator."
_HELP = "Tell your administrator; trying again will not help until they have mended it."
_TOLD = {
    "uncertain": Outage(
        "The connection to the database broke while your change was being saved.",
        "It cannot be said yet whether it was saved.",
        "Look first whether it is there; if it is not, send it again.",
    ),
    "locked": Outage("The database is busy with something else and did not answer in time.", _NOTHING, _SOON),
    "overtaken": Outage("Somebody else's change came at the same moment and went first.", _NOTHING, "Try again."),
    "connection_lost": Outage("The connection to the database was lost.", _NOTHING, _SOON),
    "unreachable": Outage("The database does not answer.", _NOTHING, _SOON),
    "full": Outage("There is no room left on the server's disk.", _NOTHING, _HELP, again=False),
    "read_only": Outage("The database can be read at present, and not written to.", _NOTHING, _HELP, again=False),
    "damaged": Outage("The database is damaged.", _NOTHING, _HELP, again=False),
    "partly_saved": Outage(
        "The database could not go on.",
        "Some of this was saved, and the rest was not.",
        "Wait a moment, then send the same again: what is done is not done twice.",
    ),
    "not_told": Outage(
        "The database could not go on.",
        "What you asked had been saved by then, or some of it.",
        "Look first what is there, and send again only what is missing.",
    ),
    "follows_later": Outage(
        "The database could not go on.",
        "What you asked was saved.",
        "What follows from it for other items is done by the clock, in some minutes; you need not send it again.",
        again=False,
    ),
}
_OTHER = Outage("The database could not do it.", _NOTHING, _SOON)


def told(fault: StorageFault) -> Outage:
    """The words for a fault."""
    return _TOLD.get(fault.code, _OTHER)
