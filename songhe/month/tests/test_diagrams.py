from pathlib import Path

from songhe.month.diagrams import page


def test_the_documentation_shows_the_states_that_the_verbs_go_by():
    kept = Path(__file__).resolve().parents[3] / "docs" / "states.md"
    assert kept.read_text(encoding="utf-8") == page(), "run python -m songhe.month.diagrams"
