"""The pages, one module for each family; `DOORS` lists them all."""

from qa_workflow.web.pages import about, my_items, rehearsal, workflows

DOORS = (
    my_items.door,
    rehearsal.door,
    about.door,
    workflows.door,
)
