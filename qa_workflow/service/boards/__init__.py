"""What is looked at over all bodies: overdue, calendar, waits, lateness, exports, feeds."""
