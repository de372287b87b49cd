"""What the use cases need from outside, as protocols; `store/` and `effects/` make them real."""
