"""Measurements: each benchmark stands beside a reference that is measured in the same run, and gives their ratio.

``songhe bench NAME`` runs them from a checkout, never as part of the tests: the machine is shared and figures differ
from hour to hour, but a ratio of two things measured in turns says something.
"""
