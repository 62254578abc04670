import re
from pathlib import Path

import pytest

from songhe.doors.shell.translate import LOCALE, catalogue, compile_catalogues, sentences_in_use, untranslated

ROOT = LOCALE.parents[2]
CHINESE = re.compile(r"[㐀-鿿]")


def test_every_sentence_has_an_english_one():
    assert untranslated(ROOT) == {}


def test_no_translation_is_left_in_chinese_or_loses_a_value():
    for entry in catalogue("en"):
        for english in [entry.msgstr, *entry.msgstr_plural.values()]:
            assert not CHINESE.search(english), entry.msgid
            if english:
                assert set(re.findall(r"%\(\w+\)s", english)) == set(re.findall(r"%\(\w+\)s", entry.msgid))


def test_sentences_are_found_in_code_and_in_templates(tmp_path: Path):
    (tmp_path / "templates").mkdir()
    (tmp_path / "code.py").write_text('x = _("一")\ny = ngettext("二", "二", 3)\nz = other("三")\n')
    (tmp_path / "templates" / "page.html").write_text(
        '{% translate "四" %}{% blocktranslate trimmed %}\n  五 {{ n }}\n{% endblocktranslate %}{% badge _("六") %}七'
    )
    assert set(sentences_in_use(tmp_path)) == {"一", "二", "四", "五 %(n)s", "六"}


def test_doors_keep_catalogues_of_their_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    monkeypatch.setattr("songhe.doors.shell.translate.LOCALE", tmp_path)
    (folder / "django.po").write_text('msgid "一"\nmsgstr "one"\n', encoding="utf-8")
    (folder / "staff.po").write_text('msgid "二"\nmsgstr "two"\n', encoding="utf-8")
    assert [entry.msgstr for entry in catalogue("en")] == ["one", "two"]
    assert compile_catalogues() == [folder / "django.mo"]
    (folder / "staff.po").write_text('msgid "一"\nmsgstr "two"\n', encoding="utf-8")
    with pytest.raises(ValueError, match="translated in two ways"):
        catalogue("en")
