"""Fixtures of the root tests."""
