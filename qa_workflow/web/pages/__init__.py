"""The pages, one module for each family; `DOORS` lists them all."""

from qa_workflow.web.pages import (
    about,
    bulk,
    claiming,
    commenting,
    documents,
    holding,
    items,
    live,
    moving,
    my_items,
    opening,
    published,
    rehearsal,
    signing_in,
    workflows,
)

DOORS = (
    my_items.door,
    rehearsal.door,
    signing_in.door,
    about.door,
    workflows.door,
    items.door,
    moving.door,
    holding.door,
    commenting.door,
    claiming.door,
    documents.door,
    live.door,
    opening.door,
    bulk.door,
    published.door,
)
