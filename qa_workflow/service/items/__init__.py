"""What changes items: opening, moving, many at once, evidence, errands between them, meetings held elsewhen."""
