"""Which keys there are and what they hold, said once: for the parser, the JSON Schema and the manual."""
