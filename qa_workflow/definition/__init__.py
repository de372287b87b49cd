"""Definitions: YAML text to frozen values, with every fault in its place. Nothing in a file is ever executed."""

from qa_workflow.definition.faults import DefinitionRefused, Fault, Severity
from qa_workflow.definition.governance import Body, Governance
from qa_workflow.definition.guards.functions import GuardFault
from qa_workflow.definition.model import Workflow
from qa_workflow.definition.read import (
    Folder,
    Reading,
    load_governance,
    load_workflow,
    read_folder,
    read_governance,
    read_workflow,
)

__all__ = [
    "Body",
    "DefinitionRefused",
    "Fault",
    "Folder",
    "Governance",
    "GuardFault",
    "Reading",
    "Severity",
    "Workflow",
    "load_governance",
    "load_workflow",
    "read_folder",
    "read_governance",
    "read_workflow",
]
