"""What is told of a person, read and checked before anything is written: by hand and by import alike.

Errors stop a row, warnings ask somebody to look, hints only say.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from songhe.kernel import id_number, place_code
from songhe.kernel.geo import Point
from songhe.kernel.id_number import IdNumber
from songhe.kernel.month import NOT_A_DATE, age_on
from songhe.kernel.refusal import UNKNOWN_FIELD, Refusal, reason
from songhe.kernel.typed import fold
from songhe.person import ethnic
from songhe.person.models import Sex
from songhe.place.division import in_force

NAME_MISSING = reason("person.name_missing", zh="请填写姓名。", en="Give the name.")
NAME_TOO_LONG = reason("person.name_too_long", zh="姓名最多{most}个字符。", en="A name has at most {most} characters.")
NAME_CHARACTER = reason(
    "person.name_bad_character",
    zh="姓名中的“{character}”不应出现；生僻字和“·”可以使用。",
    en="“{character}” does not belong in a name; rare characters and “·” do.",
)
NAME_PRIVATE = reason(
    "person.name_private_character",
    zh="姓名含自造字，在别的电脑上可能显示不出来，请尽量改用国家标准字。",
    en="The name holds a private-use character that other computers may not show; use the standard one if there is.",
)
BIRTH_MISSING = reason(
    "person.birth_date_missing", zh="请填写出生日期，或填写证件号码。", en="Give the birth date or the ID number."
)
BIRTH_IMPOSSIBLE = reason(
    "person.birth_date_impossible",
    zh="出生日期{born}不可能：晚于{on}，或早于{years}年前。",
    en="A birth on {born} is impossible: it lies after {on} or more than {years} years ago.",
)
BIRTH_DIFFERS = reason(
    "person.birth_date_differs",
    zh="出生日期{born}与证件号码中的{in_number}不一致。",
    en="The birth date {born} differs from {in_number} in the ID number.",
)
VERY_OLD = reason("person.very_old", zh="年龄{age}岁，请核对。", en="The age is {age}; please check.")
NOT_AN_ELDER = reason(
    "person.not_an_elder",
    zh="未满60周岁（{age}岁），可以登记，但不能申领老年人补贴。",
    en="Under 60 ({age}): may be registered, but no benefit for elders can be asked for.",
)
UNKNOWN_SEX = reason("person.unknown_sex", zh="性别“{sex}”不认识，请填男或女。", en="The sex {sex} is not known.")
SEX_DIFFERS = reason(
    "person.sex_differs", zh="性别与证件号码不一致。", en="The sex differs from the one in the ID number."
)
UNKNOWN_ID_KIND = reason(
    "person.unknown_id_kind", zh="没有“{kind}”这种证件。", en="There is no kind of document {kind}."
)
ANOTHER_ID_KIND = reason(
    "person.another_id_kind",
    zh="号码属于“{kind}”，已按此登记。",
    en="The number is that of another document and is registered as such: {kind_en}.",
)
UNKNOWN_ETHNIC = reason(
    "person.unknown_ethnic", zh="民族“{ethnic}”不认识。", en="The ethnic group {ethnic} is not known."
)
PLACE_OUTSIDE = reason(
    "person.place_outside_county",
    zh="居住地{place}不在{county}内。",
    en="The place of residence {place} does not lie in {county}.",
)
UNKNOWN_PLACE = reason(
    "person.unknown_place", zh="{county}没有代码为{place}的村（社区）。", en="{county} has no village of code {place}."
)
PLACE_TOO_WIDE = reason(
    "person.place_too_wide",
    zh="居住地应具体到村（社区），至少到乡镇（街道）。",
    en="The place of residence is a village or neighbourhood, at least a town.",
)
PLACE_IS_A_TOWN = reason(
    "person.place_is_a_town",
    zh="居住地只到乡镇（街道），请补充村（社区）。",
    en="Only the town is given; add the village.",
)
PLACE_UNCHECKED = reason(
    "person.place_unchecked",
    zh="本县尚未录入村（社区）代码，居住地没有核对。",
    en="No villages of this county are on record; the place could not be checked.",
)
PHONE_INVALID = reason(
    "person.phone_invalid",
    zh="电话“{phone}”不像手机号码或带区号的座机号码。",
    en="{phone} is neither a mobile number nor a landline with its area code.",
)
POSITION_HALF = reason("person.position_incomplete", zh="经度和纬度要一起填。", en="Give both longitude and latitude.")
RESIDENT_IN_FUTURE = reason(
    "person.resident_from_impossible",
    zh="居住起始日期{first}晚于今天或早于出生。",
    en="Residence cannot begin on {first}: it lies in the future or before the birth.",
)
TOO_LONG = reason("person.too_long", zh="“{text}…”太长，最多{most}个字符。", en="“{text}…” is longer than {most}.")

FIELDS = (
    "id_kind",
    "id_number",
    "name",
    "sex",
    "birth_date",
    "ethnic",
    "place",
    "registered_place",
    "address",
    "phone",
    "longitude",
    "latitude",
    "resident_from",
)

ID_KINDS = {
    "resident": ("居民身份证", "resident identity card"),
    "residence_permit": ("港澳台居民居住证", "residence permit of Hong Kong, Macao and Taiwan residents"),
    "permanent_residence": ("外国人永久居留身份证", "foreign permanent resident identity card"),
    "travel_permit": ("来往内地（大陆）通行证", "travel permit"),
    "passport": ("护照", "passport"),
    "military": ("军人证件", "military document"),
    "other": ("其他证件", "other document"),
    "none": ("暂无证件号码", "no number yet"),
}
_ID_KIND_OF = {zh: code for code, (zh, _) in ID_KINDS.items()} | {"身份证": "resident", "暂无": "none", "无": "none"}

_SEXES = {
    "": None,
    "0": Sex.UNKNOWN,
    "1": Sex.MALE,
    "2": Sex.FEMALE,
    "9": Sex.NOT_STATED,
    "男": Sex.MALE,
    "女": Sex.FEMALE,
    "男性": Sex.MALE,
    "女性": Sex.FEMALE,
    "M": Sex.MALE,
    "F": Sex.FEMALE,
    "未知": Sex.UNKNOWN,
    "未说明": Sex.NOT_STATED,
}
_SEX_IN_NUMBER = {id_number.Sex.MALE: Sex.MALE, id_number.Sex.FEMALE: Sex.FEMALE}

OLDEST = 130
_UNLIKELY_AGE = 115
_ELDER = 60
_LONGEST_NAME = 60
_LONGEST_ADDRESS = 200

# Input methods offer many dots for the one between the parts of a name.
_DOTS = dict.fromkeys(map(ord, "•・‧∙⋅･．ㆍ᛫"), "·")
_NARROW = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F) if code != 0xFF0E}
_HAN = "[\u3400-\u9fff\uf900-\ufaff\ue000-\uf8ff\U00020000-\U0010fffd〇]"
_DATE = re.compile(r"(\d{4})\s*[-./年]\s*(\d{1,2})\s*[-./月]\s*(\d{1,2})\s*日?(?:[ T]00:00(?::00)?)?")
_MOBILE = re.compile(r"1[3-9]\d{9}")
_LANDLINE = re.compile(r"(?:(?:010|02\d|0[3-9]\d{2})[2-9]\d{6,7}|[2-9]\d{6,7})")


@dataclass(frozen=True)
class Details:
    """What will be written of a person, already clean."""

    name: str
    birth_date: date
    id_number: IdNumber
    place: str
    sex: str = Sex.UNKNOWN
    ethnic: str = ""
    registered_place: str = ""
    address: str = ""
    phone: str = ""
    longitude: float | None = None
    latitude: float | None = None
    resident_from: date | None = None

    def columns(self) -> dict[str, Any]:
        """The columns of a person's row that need no key: everything but the number itself."""
        told = {name: getattr(self, name) for name in FIELDS if name not in ("id_number", "id_kind")}
        return told | {"id_kind": str(self.id_number.kind), "id_last4": self.id_number.last4}


@dataclass
class Findings:
    """What was found on the way: each a refusal that was, or was not, raised."""

    errors: list[Refusal] = field(default_factory=list)
    warnings: list[Refusal] = field(default_factory=list)
    hints: list[Refusal] = field(default_factory=list)


@dataclass(frozen=True)
class Places:
    """The codes inside a county that hold on a day; read once for a whole import."""

    county: str
    codes: frozenset[str]

    @classmethod
    def on(cls, county: str, on: date) -> Places:
        inside = in_force(on).filter(code__startswith=county).exclude(code=county)
        return cls(county, frozenset(inside.values_list("code", flat=True)))

    def read(self, told: Any, found: Findings) -> str:
        """The place of residence: a village, at least a town, inside the county and in force."""
        place = place_code.parse(_text(told), field="place")
        if not place.startswith(self.county):
            raise PLACE_OUTSIDE("place", place=place, county=self.county)
        if len(place) == 6:
            raise PLACE_TOO_WIDE("place")
        if self.codes and place not in self.codes:
            raise UNKNOWN_PLACE("place", place=place, county=self.county)
        if not self.codes:
            found.warnings.append(PLACE_UNCHECKED("place"))
        if len(place) == 9:
            found.warnings.append(PLACE_IS_A_TOWN("place"))
        return place


def check(told: Mapping[str, Any], *, places: Places, on: date) -> tuple[Details | None, Findings]:
    """Read all that is told of a person, typed or as text, and say everything that is wrong at once.

    Without a ``sex`` or a ``birth_date`` they are taken from the number. Codes: ``person.name_missing``,
    ``person.name_bad_character``, ``person.name_too_long``, ``person.birth_date_missing``,
    ``person.birth_date_impossible``, ``person.birth_date_differs``, ``person.sex_differs``,
    ``person.unknown_sex``, ``person.unknown_id_kind``, ``person.unknown_ethnic``, ``person.place_outside_county``,
    ``person.place_too_wide``, ``person.unknown_place``, ``person.phone_invalid``, ``person.position_incomplete``,
    ``person.resident_from_impossible``, ``person.too_long``, those of ``songhe.kernel.id_number``,
    ``input.not_a_date``, ``input.unknown_field`` and ``place_code.not_a_code``.
    """
    found = Findings()
    for unknown in told.keys() - set(FIELDS):
        found.errors.append(UNKNOWN_FIELD(unknown, field_name=unknown))

    def read(reader: Any, *arguments: Any) -> Any:
        try:
            return reader(*arguments)
        except Refusal as refusal:
            found.errors.append(refusal)
            return None

    name = read(read_name, told.get("name"), found)
    number = read(read_number, told.get("id_number"), told.get("id_kind"), on, found)
    born = read(_read_birth, told.get("birth_date"), number, on, found)
    sex = read(_read_sex, told.get("sex"), number)
    details = {
        "ethnic": read(_read_ethnic, told.get("ethnic")),
        "place": read(places.read, told.get("place"), found),
        "registered_place": read(_read_registered, told.get("registered_place")),
        "address": read(_short, told.get("address"), "address", _LONGEST_ADDRESS),
        "phone": read(read_phone, told.get("phone")),
        "resident_from": read(_read_resident_from, told.get("resident_from"), born, on),
    }
    position = read(_read_position, told.get("longitude"), told.get("latitude"))
    if found.errors:
        return None, found
    longitude, latitude = position
    return Details(
        name=name, birth_date=born, id_number=number, sex=sex, longitude=longitude, latitude=latitude, **details
    ), found


def read_name(told: Any, found: Findings | None = None) -> str:
    """A name with full-width letters narrowed, its dots made one kind, and no space between Han characters.

    Letters of every script, "·", full stop, hyphen and apostrophe are allowed. Refuses with ``person.name_missing``,
    ``person.name_bad_character`` or ``person.name_too_long``.
    """
    name = " ".join(_text(told).translate(_NARROW).translate(_DOTS).split())
    name = "".join(c for c in name if unicodedata.category(c) != "Cf")
    name = re.sub(f"(?<={_HAN}) (?={_HAN})", "", name)
    name = re.sub(r"\s*·\s*", "·", re.sub(f"(?<={_HAN})\\.(?={_HAN})", "·", name)).strip("·")
    if not name:
        raise NAME_MISSING("name")
    if len(name) > _LONGEST_NAME:
        raise NAME_TOO_LONG("name", most=_LONGEST_NAME)
    for character in name:
        # Letters and marks; 〇 is a letter-number; what fonts of the police once drew stands in the private areas.
        category = unicodedata.category(character)
        if category == "Co" and found is not None:
            found.warnings.append(NAME_PRIVATE("name"))
        if not (category[0] in "LM" or category == "Co" or character in "〇·-'. "):
            raise NAME_CHARACTER("name", character=character)
    if not any(unicodedata.category(c)[0] == "L" or unicodedata.category(c) in ("Co", "Nl") for c in name):
        raise NAME_CHARACTER("name", character=name[0])
    return name


def read_number(told: Any, kind: Any, on: date, found: Findings | None = None) -> IdNumber:
    """The ID number under its kind (code or Chinese name; a resident's by default).

    Refuses with ``person.unknown_id_kind`` and the codes of ``songhe.kernel.id_number``.
    """
    wanted = _text(kind).strip() or "resident"
    wanted = _ID_KIND_OF.get(wanted, wanted)
    if wanted not in ID_KINDS:
        raise UNKNOWN_ID_KIND("id_kind", kind=wanted)
    number = id_number.parse(_text(told), wanted, on=on)
    if number.kind != wanted and found is not None:
        zh, en = ID_KINDS[number.kind]
        found.hints.append(ANOTHER_ID_KIND("id_kind", kind=zh, kind_en=en))
    return number


def read_date(told: Any, field_name: str) -> date | None:
    """A date as people write it: 2026-11-22, 20261122, 2026年11月22日, 2026.11.22, 2026/11/22; nothing is ``None``.

    Refuses with ``input.not_a_date``.
    """
    if isinstance(told, datetime):
        return told.date()
    if isinstance(told, date):
        return told
    text = unicodedata.normalize("NFKC", _text(told)).strip()
    if not text:
        return None
    if len(text) == 8 and text.isascii() and text.isdigit():
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    parts = _DATE.fullmatch(text)
    try:
        if parts is None:
            raise ValueError
        return date(int(parts[1]), int(parts[2]), int(parts[3]))
    except ValueError:
        raise NOT_A_DATE(field_name, text=text[:30]) from None


def read_phone(told: Any) -> str:
    """A mobile or landline number, digits only. Refuses with ``person.phone_invalid``."""
    typed = fold(_text(told))
    digits = re.sub(r"[-()‐–—]", "", typed).removeprefix("+86")
    if digits and not (_MOBILE.fullmatch(digits) or _LANDLINE.fullmatch(digits)):
        raise PHONE_INVALID("phone", phone=typed[:20])
    return digits


def _read_birth(told: Any, number: IdNumber | None, on: date, found: Findings) -> date | None:
    born = read_date(told, "birth_date")
    in_number = number.birth_date if number else None
    if born is None:
        born = in_number
    if born is None:
        if number is None:
            return None  # The number is wrong, and that has been said.
        raise BIRTH_MISSING("birth_date")
    age = age_on(born, on)
    if born > on or age > OLDEST:
        raise BIRTH_IMPOSSIBLE("birth_date", born=born, on=on, years=OLDEST)
    if in_number is not None and born != in_number:
        raise BIRTH_DIFFERS("birth_date", born=born, in_number=in_number)
    if age > _UNLIKELY_AGE:
        found.warnings.append(VERY_OLD("birth_date", age=age))
    if age < _ELDER:
        found.hints.append(NOT_AN_ELDER("birth_date", age=age))
    return born


def _read_sex(told: Any, number: IdNumber | None) -> str:
    typed = fold(_text(told))
    if typed not in _SEXES:
        raise UNKNOWN_SEX("sex", sex=typed[:10])
    sex = _SEXES[typed]
    in_number = _SEX_IN_NUMBER[number.sex] if number and number.sex else None
    if in_number is not None and sex in (Sex.MALE, Sex.FEMALE) and sex != in_number:
        raise SEX_DIFFERS("sex")
    if sex in (None, Sex.UNKNOWN):
        return in_number or Sex.UNKNOWN
    return sex


def _read_ethnic(told: Any) -> str:
    text = _text(told).strip()
    code = ethnic.read(text) if text else ""
    if code is None:
        raise UNKNOWN_ETHNIC("ethnic", ethnic=text[:20])
    return code


def _read_registered(told: Any) -> str:
    text = _text(told).strip()
    return place_code.parse(text, field="registered_place") if text else ""


def _read_resident_from(told: Any, born: date | None, on: date) -> date | None:
    first = read_date(told, "resident_from")
    if first is not None and (first > on or (born is not None and first < born)):
        raise RESIDENT_IN_FUTURE("resident_from", first=first)
    return first


def _read_position(longitude: Any, latitude: Any) -> tuple[float | None, float | None]:
    if longitude in (None, "") and latitude in (None, ""):
        return None, None
    try:
        east, north = float(longitude), float(latitude)
    except (TypeError, ValueError):
        raise POSITION_HALF("longitude") from None
    Point(north, east)
    return east, north


def _short(told: Any, field_name: str, most: int) -> str:
    text = " ".join(_text(told).split())
    if len(text) > most:
        raise TOO_LONG(field_name, text=text[:10], most=most)
    return text


def _text(told: Any) -> str:
    return "" if told is None else str(told)
