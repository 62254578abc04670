"""Songhe 松鹤: elderly-care subsidies and services, from registration to the closed books."""

__version__ = "0.1.0"
