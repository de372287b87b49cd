"""From bytes to plain data with the place of every key and value; nothing of it is run."""
