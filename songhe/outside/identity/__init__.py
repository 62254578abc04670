"""实名核验. Services that say whether a name and an ID number belong together."""
