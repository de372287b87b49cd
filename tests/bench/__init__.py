"""How fast the engine is, as ratios to hand-written SQL: `python3 dev.py bench`. No test of the suite is timed."""
