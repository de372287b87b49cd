"""Lists of items, each bounded by what somebody may see, and one item's page."""
