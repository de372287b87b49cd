"""Files with faults, and what is said about them."""
