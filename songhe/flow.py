"""The one list of packages, from the ground up: the order in which a month runs.

``INSTALLED_APPS`` is built from it and the import contract in ``pyproject.toml`` is compared with it.
A package may import what stands on an earlier line; packages on one line do not know each other.
"""

GROUND: tuple[tuple[str, ...], ...] = (
    ("kernel",),
    ("county",),
    ("trail",),
    ("ledger", "proposal"),
    ("place",),
    ("access",),
    ("jobs",),
    ("document",),
)

MONTH: tuple[tuple[str, ...], ...] = (
    ("policy", "notice"),
    ("provider",),
    ("person",),
    ("assessment",),
    ("eligibility",),
    ("entitlement",),
    ("grant", "card", "credit"),
    ("service", "meal", "aid"),
    ("redemption",),
    ("offline",),
    ("settlement", "feedback", "outreach"),
    ("statistics", "examine"),
)

TURNING: tuple[tuple[str, ...], ...] = (
    ("month",),
    ("outside", "doors"),
)

LAYERS = GROUND + MONTH + TURNING

#: Pure packages have no tables and are not Django applications.
PURE = frozenset({"kernel", "county", "outside", "doors", "month"})

PACKAGES: tuple[str, ...] = tuple(name for layer in LAYERS for name in layer)

APPS: list[str] = [f"songhe.{name}" for name in PACKAGES if name not in PURE]
