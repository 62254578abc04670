"""Tests that look at the whole: stories, races, the browser and the conventions of the house."""
