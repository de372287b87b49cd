"""What a database or a disk can fail at, each as a sentence: what happened, where, and what to do."""

from __future__ import annotations

from qa_workflow.errors import StorageFault

BUSY_SECONDS = 10
"""How long a transaction waits for another before it says that the database is locked."""


class Passing(StorageFault):
    """Nothing was saved, and trying the same transaction again may succeed."""


class Locked(StorageFault):
    """Another process holds the lock for longer than we wait; it was waited for, so it is not tried again by itself."""

    code = "locked"

    def __init__(self, where: str, holder: str | None = None) -> None:
        self.where, self.holder = where, holder
        who = f"process {holder}" if holder else "another process"
        super().__init__(
            f"{where} is locked: {who} has been writing to it for more than {BUSY_SECONDS} seconds. "
            "Nothing was saved; try again, and if it stays so, see what that process is doing"
        )


class Overtaken(Passing):
    """The database undid this transaction in favour of another that ran at the same time."""

    code = "overtaken"

    def __init__(self, where: str) -> None:
        self.where = where
        super().__init__(
            f"{where}: another transaction was in the way of this one, which was undone. Nothing was saved; try again"
        )


class ConnectionLost(Passing):
    """The connection broke before anything was committed."""

    code = "connection_lost"

    def __init__(self, where: str) -> None:
        self.where = where
        super().__init__(f"{where}: the connection was lost. Nothing was saved; try again when the server is back")


class Uncertain(StorageFault):
    """The connection broke while the commit was under way: it may have been saved or not."""

    code = "uncertain"

    def __init__(self, where: str) -> None:
        self.where = where
        super().__init__(
            f"{where}: the connection was lost while the change was being saved, "
            "so it cannot be said yet whether it was. "
            "Look at the item before trying again; a repeated request with the same key is answered once"
        )


class NumbersOfAnotherServer(StorageFault):
    """Its events are numbered by transactions of a server that it has left: new ones would stand among the old."""

    code = "numbers_of_another_server"
    mend = "make a backup of it with `qa-workflow backup`, and bring that back with `qa-workflow restore`"

    def __init__(self, where: str) -> None:
        self.where = where
        super().__init__(
            f"{where} was brought here from another PostgreSQL server by other means than `qa-workflow restore`: "
            f"events are numbered by transactions of that server, and nobody could be told in order what has happened. "
            f"Nothing is lost; {self.mend}"
        )


class Full(StorageFault):
    """No room on the disk."""

    code = "full"

    def __init__(self, where: str) -> None:
        self.where = where
        super().__init__(
            f"{where}: the disk is full. Nothing was saved and nothing is damaged; make room, then try again"
        )


class InUse(StorageFault):
    """Another process works with it, and would go on with what is there no more."""

    code = "in_use"

    def __init__(self, where: str, why: str) -> None:
        self.where = where
        super().__init__(f"{where} is in use: {why}. Nothing was changed")


class ReadOnly(StorageFault):
    """It can be read but not written."""

    code = "read_only"

    def __init__(self, where: str, why: str = "it can be read but not written") -> None:
        self.where = where
        super().__init__(
            f"{where} is read-only: {why}. "
            "Nothing was saved; give this user the right to write to the file and its folder"
        )


class NoPermission(StorageFault):
    """The operating system or the server says no."""

    code = "no_permission"

    def __init__(self, where: str) -> None:
        self.where = where
        super().__init__(
            f"{where} may not be opened by this user; check the rights to the file and its folder, or to the database"
        )


class NoFolder(StorageFault):
    """The folder that should hold the database is not there."""

    code = "no_folder"

    def __init__(self, where: str, folder: str) -> None:
        self.where, self.folder = where, folder
        super().__init__(f"{where} cannot be opened: there is no folder {folder}; make it, or name another place")


class NotADatabase(StorageFault):
    """Something is there that is no database, or none of ours."""

    code = "not_a_database"

    def __init__(self, where: str, why: str = "it is not a database file") -> None:
        self.where = where
        super().__init__(f"{where} cannot be used: {why}. It was not touched; name another place, or look what it is")


class Damaged(StorageFault):
    """The database itself finds that its pages do not fit together."""

    code = "damaged"

    def __init__(self, where: str) -> None:
        self.where = where
        super().__init__(f"{where} is damaged. Stop using it, keep a copy of it as it is, and restore the last backup")


class NotInitialised(StorageFault):
    """There is nothing of ours there yet."""

    code = "not_initialised"

    def __init__(self, where: str) -> None:
        self.where = where
        super().__init__(
            f"there is no qa-workflow database at {where} yet; make one with `qa-workflow init`, "
            "or name the one there is, with --database or QA_WORKFLOW_DATABASE"
        )


class AlreadyThere(StorageFault):
    """A new database was asked for where there is one."""

    code = "already_there"

    def __init__(self, where: str) -> None:
        self.where = where
        super().__init__(
            f"there is a qa-workflow database at {where} already; it was not touched. "
            "Name another place to make a new one"
        )


class NewerThanProgram(StorageFault):
    """A later version of this program has changed the tables."""

    code = "newer"

    def __init__(self, where: str, revision: str, known: str) -> None:
        self.where, self.revision, self.known = where, revision, known
        super().__init__(
            f"{where} is newer than this program: "
            f"it has revision {revision} of the tables, and this program knows up to {known}. "
            "It was not touched; install the newer version of qa-workflow, and start it again"
        )


class OlderThanProgram(StorageFault):
    """The tables are to be brought up to date first."""

    code = "older"

    def __init__(self, where: str, revision: str, wanted: str) -> None:
        self.where, self.revision, self.wanted = where, revision, wanted
        super().__init__(
            f"{where} is older than this program: "
            f"it has revision {revision} of the tables, and this program needs {wanted}. "
            "Make a backup with the version of qa-workflow that it is of (this one cannot), or copy the database and "
            "its documents while nothing runs; then run `qa-workflow init --upgrade`"
        )


class Unreachable(StorageFault):
    """The server does not answer, or does not let us in."""

    code = "unreachable"

    def __init__(self, where: str, why: str) -> None:
        self.where = where
        super().__init__(f"{where} cannot be reached: {why}")


class Unforeseen(StorageFault):
    """Anything else that a driver says. Its own words are kept, without the statement and its values."""

    code = "storage"

    def __init__(self, where: str, said: str) -> None:
        self.where = where
        super().__init__(f"{where}: the database refused: {said}. Nothing was saved")


class FileRefused(StorageFault):
    """The operating system will not read or write a file of ours."""

    code = "file_refused"

    def __init__(self, where: str, said: str) -> None:
        self.where = where
        super().__init__(f"{where} cannot be read or written: {said}. Nothing was saved; check the place and the disk")


def is_passing(fault: BaseException) -> bool:
    """Whether the same transaction may succeed when tried again: overtaken, or cut off before its COMMIT."""
    return isinstance(fault, Passing)
