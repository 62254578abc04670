"""The house keeps its order: layers, names, sizes, clocks, addresses."""

from __future__ import annotations

import ast
import re
import tomllib

import pytest
from django.contrib.contenttypes.models import ContentType

import songhe
from songhe.flow import LAYERS, PACKAGES, PURE
from tests.source import PRODUCT, ROOT, name, nothing, python_files, tracked_files, tree

LONGEST_FILE = 500
LONGEST_FUNCTION = 70

#: What is longer than it should be, with its length. A number here may fall, never rise; a new line is not added.
LONG_FILES: dict[str, int] = {}
LONG_FUNCTIONS: dict[str, int] = {}

TAKES_THE_CLOCK = ("doors", "jobs", "month", "outside")
#: Ids rise with time; that is no date of anything.
CLOCKS_ALLOWED = {"songhe/county/key.py": {"time_ns"}}
CLOCKS = {"now", "utcnow", "today", "localdate", "time_ns", "auto_now", "auto_now_add", "Now", "CurrentTimestamp"}

NOT_A_NAME = {"utils", "util", "common", "helpers", "helper", "misc", "services", "managers", "signals"}

#: Where somebody's machine or package index would show: by the shape of its address, so that none is named here.
ADDRESSES = re.compile(
    r"(?<![\w.])/(?:work|root|Users/\w+|home/\w+)/"
    r"|\b(?:py|npm)\w+\.(?:org|com|io)\b"
    r"|\b(?:registry|mirrors?|files|packages|deb|archive)\.\w+\.(?:org|com|cn|net)\b"
    r"|\w/simple(?=[/\s]|$)"
)


# --- the order of the month ------------------------------------------------------------------------------------------


def test_import_contract_is_the_list_of_packages():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    contract = project["tool"]["importlinter"]["contracts"][0]
    written = [sorted(part.strip() for part in line.split("|")) for line in contract["layers"]]
    assert written == [sorted(layer) for layer in reversed(LAYERS)]
    assert contract["exhaustive"] is True


def test_the_list_of_packages_is_the_list_of_folders():
    folders = {path.name for path in PRODUCT.iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert folders == set(PACKAGES)


def test_pure_packages_have_no_tables():
    nothing([package for package in sorted(PURE) if (PRODUCT / package / "models.py").exists()])


@pytest.mark.parametrize("package", PACKAGES)
def test_every_package_says_what_it_is(package):
    assert ast.get_docstring(tree(PRODUCT / package / "__init__.py"))


# --- names and sizes -------------------------------------------------------------------------------------------------


def test_no_file_is_a_drawer_for_odds_and_ends():
    nothing([name(path) for path in python_files() if path.stem in NOT_A_NAME])


def test_files_stay_short():
    lengths = {name(path): len(path.read_text().splitlines()) for path in python_files()}
    nothing(f"{path} {length}" for path, length in lengths.items() if length > LONG_FILES.get(path, LONGEST_FILE))
    assert {path for path in LONG_FILES if lengths.get(path, 0) <= LONGEST_FILE} == set(), "take these off the list"


def test_functions_stay_short():
    lengths = {
        f"{name(path)}:{node.name}": (node.end_lineno or node.lineno) - node.lineno + 1
        for path in python_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    }
    nothing(f"{key} {length}" for key, length in lengths.items() if length > LONG_FUNCTIONS.get(key, LONGEST_FUNCTION))
    assert {key for key in LONG_FUNCTIONS if lengths.get(key, 0) <= LONGEST_FUNCTION} == set(), (
        "take these off the list"
    )


def test_nothing_is_left_for_later():
    later = re.compile(r"\b(TO" r"DO|FIX" r"ME)\b|raise NotImplementedError")
    nothing([name(path) for path in python_files() if later.search(path.read_text())])


# --- clocks, addresses, versions -------------------------------------------------------------------------------------


def clock_reads(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Attribute) and node.attr in CLOCKS:
            yield node.attr, node.lineno
        elif isinstance(node, ast.keyword) and node.arg in CLOCKS:
            yield node.arg, node.value.lineno
        elif isinstance(node, ast.Name) and node.id in {"Now", "CurrentTimestamp"}:
            yield node.id, node.lineno


def test_time_comes_in_at_the_door():
    reads = [
        f"{name(path)}:{line} {read}"
        for path in python_files()
        if path.relative_to(PRODUCT).parts[0] not in TAKES_THE_CLOCK
        for read, line in clock_reads(path)
        if read not in CLOCKS_ALLOWED.get(name(path), ())
    ]
    nothing(reads)


def test_the_repository_names_no_machine_and_no_package_index():
    found = [
        f"{name(path)}: {match.group()}" for path in tracked_files() for match in ADDRESSES.finditer(path.read_text())
    ]
    nothing(found)


@pytest.mark.parametrize(
    ("before", "after"), [("py", "thon.org"), ("registry.", "n.org"), ("deb.", "n.org"), ("/ro", "ot/x")]
)
def test_an_address_is_known_by_its_shape(before, after):
    assert ADDRESSES.search(f"see {before}{after}")
    assert not ADDRESSES.search(f"see {before} {after}")


def test_locked_packages_have_hashes_and_no_addresses():
    lock = (ROOT / "requirements.lock").read_text()
    pinned = re.findall(r"^([a-z0-9._-]+)==\S+(.*\n(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+)?", lock, re.M)
    assert pinned
    nothing([package for package, hashes in pinned if not hashes])
    assert "http" not in lock
    assert '"resolved"' not in (ROOT / "package-lock.json").read_text()


def test_direct_requirements_are_locked():
    lock = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / "requirements.lock").read_text(), re.M))
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    lines = [*(ROOT / "requirements.in").read_text().splitlines(), *project]
    wanted = {re.match(r"[A-Za-z0-9._-]+", line)[0].lower() for line in lines if line and not line.startswith("#")}
    assert wanted - lock == set()


def test_the_newest_change_is_this_version():
    assert re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(), re.M)[1] == songhe.__version__


# --- documents -------------------------------------------------------------------------------------------------------


def documents():
    return [path for path in tracked_files() if path.suffix == ".md"]


def test_links_between_documents_lead_somewhere():
    link = re.compile(r"\]\((?!https?:|#|mailto:)([^)#\s]+)")
    nothing(
        f"{name(path)}: {target}"
        for path in documents()
        for target in link.findall(path.read_text())
        if not (path.parent / target).exists()
    )


def test_files_that_documents_name_are_there():
    named = re.compile(r"`((?:songhe|setup|tests|policies|docs|bench)/[\w./-]*\.(?:py|md|yaml|html|css|js))`")
    nothing(
        f"{name(path)}: {target}"
        for path in documents()
        for target in named.findall(path.read_text())
        if not (ROOT / target).exists()
    )


def test_both_readmes_list_every_package():
    nothing(
        f"{readme}: {package}"
        for readme in ("README.md", "README.zh-CN.md")
        for package in PACKAGES
        if f"`{package}`" not in (ROOT / readme).read_text()
    )


# --- the runner itself -----------------------------------------------------------------------------------------------


@pytest.mark.django_db
def test_unordered_querysets_come_back_in_an_order_of_chance():
    orders = {tuple(ContentType.objects.values_list("pk", flat=True).order_by()) for _ in range(30)}
    assert len(orders) > 20
    assert [row.pk for row in ContentType.objects.order_by("pk")] == sorted(next(iter(orders)))


def test_a_test_that_commits_has_a_database_of_its_own(own_database):
    ContentType.objects.create(app_label="own", model="row")
    assert ContentType.objects.filter(app_label="own").count() == 1


def test_no_test_leaves_this_machine():
    import socket

    with pytest.raises(AssertionError, match=r"198\.51\.100\.1"):
        socket.create_connection(("198.51.100.1", 9), timeout=1)


def test_an_unknown_template_variable_fails():
    from django.template import Context, engines

    template = engines["django"].from_string("{{ nobody.knows }}").template
    with pytest.raises(pytest.fail.Exception):
        template.render(Context({}))


def test_a_verb_that_forgets_the_county_is_found_out():
    from tests.hostile import CHANGES_ROWS, LOCKS_ROWS

    assert CHANGES_ROWS.match('UPDATE "ledger_account" SET "balance" = 1').group(1) == "ledger_account"
    assert CHANGES_ROWS.match('DELETE FROM "grant_grant" WHERE 1').group(1) == "grant_grant"
    assert LOCKS_ROWS.search('SELECT 1 FROM "grant_grant" WHERE "id" = 1 FOR NO KEY UPDATE').group(1) == "grant_grant"
    assert not LOCKS_ROWS.search('SELECT 1 FROM "grant_grant" WHERE "note" = 1')
