"""`python -m qa_workflow.cli`: the same as the installed `qa-workflow`."""

from qa_workflow.cli.main import main

main()
