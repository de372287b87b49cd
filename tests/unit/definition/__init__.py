"""Tests of reading definitions."""
