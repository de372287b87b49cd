"""The pages of the manual that are made from the parser's own tables, with an example of every rule."""
