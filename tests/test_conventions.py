"""What every table, key, guard, refusal, page and translation keeps to."""

from __future__ import annotations

import ast
import re
import string
from pathlib import Path

import polib
import pytest
from django.apps import apps
from django.db import connection, models

from songhe.county.guard import all_guards
from songhe.county.key import CountyKey
from songhe.county.row import CountyRow
from songhe.flow import LAYERS
from songhe.kernel.refusal import REASONS, Reason
from tests.source import PRODUCT, modules, name, nothing, tree

HEIGHT = {package: height for height, layer in enumerate(LAYERS) for package in layer}
MODELS = [model for model in apps.get_models(include_auto_created=True) if model.__module__.startswith("songhe.")]
COUNTY_ROWS = [model for model in MODELS if issubclass(model, CountyRow)]
WHERE_ON_EARTH = {"longitude", "latitude", "accuracy"}
SMALL = [model for model in MODELS if not issubclass(model, CountyRow)]


def package_of(model):
    return model.__module__.split(".")[1]


def keys_of(model):
    return [field for field in model._meta.local_fields if isinstance(field, models.ForeignKey)]


# --- tables and keys -------------------------------------------------------------------------------------------------


def test_keys_point_down_the_month():
    up = [
        f"{model._meta.label}.{key.name} → {key.related_model._meta.label}"
        for model in MODELS
        for key in keys_of(model)
        if key.related_model.__module__.startswith("songhe.")
        and package_of(model) != package_of(key.related_model)
        and HEIGHT[package_of(key.related_model)] >= HEIGHT[package_of(model)]
    ]
    nothing(up)


def test_keys_leave_no_trace_on_what_they_point_at():
    nothing([f"{m._meta.label}.{k.name}" for m in MODELS for k in keys_of(m) if not k.remote_field.hidden])


def test_small_tables_never_point_at_county_rows():
    nothing(
        [
            f"{model._meta.label}.{key.name}"
            for model in SMALL
            for key in keys_of(model)
            if issubclass(key.related_model, CountyRow)
        ]
    )


def test_county_rows_point_at_county_rows_with_the_county():
    nothing(
        [
            f"{model._meta.label}.{key.name}"
            for model in COUNTY_ROWS
            for key in keys_of(model)
            if issubclass(key.related_model, CountyRow) != isinstance(key, CountyKey)
        ]
    )


def test_county_rows_have_ids_that_the_application_makes():
    nothing([m._meta.label for m in COUNTY_ROWS if type(m._meta.pk) is not models.UUIDField or m._meta.pk.name != "id"])


def test_county_rows_have_no_many_to_many():
    nothing([model._meta.label for model in COUNTY_ROWS if model._meta.local_many_to_many])


def test_every_uniqueness_of_a_county_row_names_the_county():
    loose = []
    for model in COUNTY_ROWS:
        loose += [f"{model._meta.label}.{f.name}" for f in model._meta.local_fields if f.unique and not f.primary_key]
        loose += [f"{model._meta.label} {fields}" for fields in model._meta.unique_together if "county" not in fields]
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint) and "county" not in constraint.fields:
                loose.append(f"{model._meta.label} {constraint.name}")
    nothing(loose)


def test_amounts_are_integers():
    nothing(
        [
            f"{model._meta.label}.{field.name}"
            for model in MODELS
            for field in model._meta.local_fields
            if (isinstance(field, models.FloatField | models.DecimalField) and field.name not in WHERE_ON_EARTH)
            or (field.name.endswith("_fen") and not isinstance(field, models.BigIntegerField))
        ]
    )


def test_every_constraint_has_a_name_of_its_own():
    names = [constraint.name for model in MODELS for constraint in model._meta.constraints]
    assert sorted(one for one in set(names) if names.count(one) > 1) == []


@pytest.mark.django_db
def test_every_guard_stands_in_the_database():
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'")
        else:
            cursor.execute("SELECT tgname FROM pg_trigger WHERE NOT tgisinternal")
        laid = {row[0] for row in cursor.fetchall()}
    wanted = {
        trigger
        for guard in all_guards()
        for statement in (guard.sqlite if connection.vendor == "sqlite" else guard.postgresql)
        for trigger in re.findall(r'CREATE (?:CONSTRAINT )?TRIGGER "(\w+)"', statement)
    }
    assert wanted - laid == set()


# --- refusals --------------------------------------------------------------------------------------------------------


def placeholders(sentence):
    return {field.partition(".")[0].partition("[")[0] for _, field, _, _ in string.Formatter().parse(sentence) if field}


def all_reasons():
    modules()
    return sorted(REASONS.values(), key=lambda reason: reason.code)


def told(sentence):
    """What a sentence names; words that differ between the languages are called ``word_zh`` and ``word_en``."""
    return {re.sub("_(zh|en)$", "", placeholder) for placeholder in placeholders(sentence)}


def test_refusals_say_the_same_in_both_languages():
    nothing([reason.code for reason in all_reasons() if told(reason.zh) != told(reason.en)])


def test_refusals_are_chinese_in_chinese_and_english_in_english():
    chinese = re.compile(r"[\u4e00-\u9fff]")
    nothing([reason.code for reason in all_reasons() if not chinese.search(reason.zh)])
    nothing([reason.code for reason in all_reasons() if chinese.search(reason.en)])


def test_refusals_have_a_code_and_a_status_that_doors_can_give():
    nothing([one.code for one in all_reasons() if not re.fullmatch(r"[a-z_]+\.[a-z0-9_]+", one.code)])
    nothing([one.code for one in all_reasons() if one.status not in {400, 401, 403, 404, 409, 413, 415, 422, 429, 503}])


def test_whoever_refuses_fills_in_the_whole_sentence():
    short = []
    for module in modules():
        file = getattr(module, "__file__", None)
        reasons = {key: value for key, value in vars(module).items() if isinstance(value, Reason)}
        if not file or not reasons:
            continue
        for call in ast.walk(tree(Path(file))):
            if isinstance(call, ast.Call) and isinstance(call.func, ast.Name) and call.func.id in reasons:
                given = {keyword.arg for keyword in call.keywords}
                reason = reasons[call.func.id]
                lacking = (placeholders(reason.zh) | placeholders(reason.en)) - given
                if lacking and None not in given:
                    short.append(f"{module.__name__}:{call.lineno} {call.func.id} lacks {sorted(lacking)}")
    nothing(short)


# --- pages and translations ------------------------------------------------------------------------------------------

#: Comments and tags of the template language.
NOT_SENT = re.compile(r"{#.*?#}|{% comment %}.*?{% endcomment %}|{%.*?%}", re.S)
FORBIDDEN_IN_PAGES = {
    "inline script": re.compile(r"<script(?![^>]*\bsrc=)[^>]*>", re.I),
    "inline style": re.compile(r"<style|\sstyle\s*=", re.I),
    "inline handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "hx-on, js: or a trigger filter": re.compile(r"hx-on|=[\"']js:|hx-trigger=[\"'][^\"']*\["),
    "address outside": re.compile(r"(?:src|href|action)\s*=\s*[\"'](?:https?:)?//"),
}


def test_pages_obey_the_strict_content_policy():
    found = [
        f"{name(path)}: {what}"
        for path in sorted(PRODUCT.rglob("templates/**/*.html"))
        for what, pattern in FORBIDDEN_IN_PAGES.items()
        if pattern.search(re.sub(NOT_SENT, "", path.read_text()))
    ]
    nothing(found)


def test_translations_are_complete():
    incomplete = []
    for path in sorted(PRODUCT.rglob("*.po")):
        entries = polib.pofile(str(path))
        incomplete += [f"{name(path)}: {e.msgid}" for e in [*entries.untranslated_entries(), *entries.fuzzy_entries()]]
    nothing(incomplete)


def test_only_doors_jobs_and_the_month_swallow_everything():
    caught = [
        f"{name(path)}:{node.lineno}"
        for path in sorted(PRODUCT.rglob("*.py"))
        if path.relative_to(PRODUCT).parts[0] not in {"doors", "jobs", "month"}
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
        and not (isinstance(node.body[-1], ast.Raise) and node.body[-1].exc is None)
    ]
    nothing(caught)


def test_no_refusal_says_an_amount_in_fen():
    from songhe.kernel.refusal import REASONS

    told = [one.code for one in REASONS.values() for said in (one.zh, one.en) if re.search(r"fen\}(分| fen)", said)]
    assert told == []
