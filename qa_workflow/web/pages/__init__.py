"""The pages, one module for each family; `DOORS` lists them all."""

from qa_workflow.web.pages import my_items

DOORS = (my_items.door,)
