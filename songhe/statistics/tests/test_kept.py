import threading
import time

import pytest

from songhe.settings import INSTALLATION
from songhe.statistics import kept as module
from songhe.statistics.kept import forget, kept

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def keeps(monkeypatch):
    monkeypatch.setattr(INSTALLATION, "keep_counts", True)
    forget()
    yield
    forget()


@pytest.fixture
def slow(monkeypatch):
    """A count that is slow for this test: it answers how often it was asked."""
    monkeypatch.setattr(module, "LEAST_SECONDS", 0)
    monkeypatch.setattr(module, "TIMES_AS_LONG", 1_000_000)
    asked = []

    @kept
    def count(of, *, parts=()):
        asked.append((of, tuple(parts)))
        return len(asked)

    return count


def test_what_took_long_is_kept_for_the_same_question_only(slow):
    assert (slow("a"), slow("a"), slow("b"), slow("a", parts=["x"]), slow("a", parts=["x"])) == (1, 1, 2, 3, 3)


def test_what_took_a_moment_is_counted_anew(slow, monkeypatch):
    monkeypatch.setattr(module, "LEAST_SECONDS", 60)
    assert (slow("a"), slow("a")) == (1, 2)


def test_whoever_comes_late_gets_what_is_there_and_it_is_counted_again_behind_them(slow, monkeypatch):
    monkeypatch.setattr(module, "TIMES_AS_LONG", 0)
    assert (slow("a"), slow("a")) == (1, 1)
    for thread in [one for one in threading.enumerate() if one.name.endswith("(_again)")]:
        thread.join()
    monkeypatch.setattr(module, "TIMES_AS_LONG", 1_000_000)
    assert slow("a") == 2


def test_a_count_that_fails_is_not_kept_and_may_be_asked_again(monkeypatch):
    monkeypatch.setattr(module, "LEAST_SECONDS", 0)

    @kept
    def count():
        raise RuntimeError(time.monotonic())

    for _ in range(2):
        with pytest.raises(RuntimeError):
            count()


def test_whoever_changes_an_answer_changes_their_own_copy(monkeypatch):
    monkeypatch.setattr(module, "LEAST_SECONDS", 0)

    @kept
    def count():
        return {"home": [1, 2]}

    for _ in range(3):
        found = count()
        assert found == {"home": [1, 2]}
        found.pop("home").append(3)


def test_an_installation_may_keep_nothing(slow, monkeypatch):
    monkeypatch.setattr(INSTALLATION, "keep_counts", False)
    assert (slow("a"), slow("a")) == (1, 2)
