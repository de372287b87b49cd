"""Backups as lines of JSON, written from either database and restored into either."""
