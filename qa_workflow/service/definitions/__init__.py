"""Definitions and calendars on their way to being published, and what that means for live items."""
