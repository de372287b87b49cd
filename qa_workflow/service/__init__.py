"""Use cases, one transaction each, and the ports that make them real."""
