"""Where items live: SQLite or PostgreSQL from one code path, a transaction a decision, history that proves itself."""

from qa_workflow.store.documents import FileDocuments
from qa_workflow.store.house import create, open_store
from qa_workflow.store.rehearsal import HouseClock
from qa_workflow.store.sql_store import SqlStore

__all__ = ["FileDocuments", "HouseClock", "SqlStore", "create", "open_store"]
