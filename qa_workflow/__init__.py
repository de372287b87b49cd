"""Quality-assurance cycles as state machines: YAML in, an engine that never loses an item or a date out."""
