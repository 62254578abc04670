"""Fixtures of the stories: the nation's next edition is written as the package of rights writes it."""

from songhe.entitlement.tests.conftest import next_year

__all__ = ["next_year"]
