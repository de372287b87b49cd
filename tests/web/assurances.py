"""Items of the shipped assurance that the tests of the API are about."""

from __future__ import annotations

OWN, FOREIGN, MISSING = "PA/2026-27-Q4/ghc", "PA/2026-27-Q4/ghft", "PA/2026-27-Q4/nobody"

REVIEW = OWN
"""Reported, and now before its review group."""
