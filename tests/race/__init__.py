"""Real threads and processes on a database of their own: what holds when many come at once."""
