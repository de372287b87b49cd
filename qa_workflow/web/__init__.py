"""The pages and the HTTP API: a face over the use cases. It reads input and shows results; it holds no rules."""

from qa_workflow.web.app import create_app
from qa_workflow.web.settings import WebSettings

__all__ = ["WebSettings", "create_app"]
