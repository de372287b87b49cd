"""`verify` and checkpoints: everything stored is checked against the histories, and they against themselves."""
