"""Guards: conditions in a small total language, read, typed and compiled to closures."""
