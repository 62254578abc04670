from importlib import import_module
from pathlib import Path

from songhe.kernel.states import Table
from songhe.month.diagrams import page, tables

PRODUCT = Path(__file__).resolve().parents[2]


def test_the_documentation_shows_the_states_that_the_verbs_go_by():
    kept = PRODUCT.parent / "docs" / "states.md"
    assert kept.read_text(encoding="utf-8") == page(), "run python -m songhe.month.diagrams"


def test_every_table_of_states_is_shown():
    modules = [import_module(f"songhe.{each.parent.name}.states") for each in PRODUCT.glob("*/states.py")]
    every = [one for module in modules for one in vars(module).values() if isinstance(one, Table)]
    shown = [id(one) for one in tables().values()]
    assert every
    assert not [one.diagram() for one in every if id(one) not in shown]
