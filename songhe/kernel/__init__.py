"""The ground of the ground: integers, months, numbers and refusals. Pure Python, no Django, no clock."""
