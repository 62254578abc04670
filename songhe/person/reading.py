"""How a name is read: pinyin without tones, family names as families read them, and the first letters. Pure."""

from __future__ import annotations

import unicodedata
from functools import cache, lru_cache
from itertools import islice, product

#: Family names that are read otherwise than the character: both are kept, for either may be typed.
_FAMILY: dict[str, tuple[str, ...]] = {
    "单": ("shan", "dan"), "仇": ("qiu", "chou"), "曾": ("zeng", "ceng"), "解": ("xie", "jie"), "區": ("ou", "qu"),
    "区": ("ou", "qu"), "查": ("zha", "cha"), "任": ("ren",), "盖": ("ge", "gai"), "朴": ("piao", "pu"),
    "尉": ("wei", "yu"), "乐": ("yue", "le"), "覃": ("qin", "tan"), "翟": ("zhai", "di"), "缪": ("miao", "mou"),
    "员": ("yun", "yuan"), "贠": ("yun", "yuan"), "逄": ("pang",), "冼": ("xian",), "洗": ("xian", "xi"),
    "重": ("chong", "zhong"), "长": ("chang", "zhang"), "种": ("chong", "zhong"), "黑": ("he", "hei"),
    "秘": ("bi", "mi"), "召": ("shao", "zhao"), "祭": ("zhai", "ji"), "能": ("nai", "neng"), "折": ("she", "zhe"),
    "繁": ("po", "fan"), "句": ("gou", "ju"), "阚": ("kan",), "牟": ("mou", "mu"), "葛": ("ge",), "燕": ("yan",),
    "应": ("ying",), "宿": ("su",), "訾": ("zi",), "隗": ("wei", "kui"), "郇": ("xun", "huan"),
    "谌": ("chen", "shen"), "柏": ("bai", "bo"), "薄": ("bo", "bao"), "卜": ("bu", "bo"), "褚": ("chu", "zhu"),
    "纪": ("ji",), "车": ("che",), "石": ("shi",), "盛": ("sheng", "cheng"), "藏": ("zang", "cang"),
    "便": ("pian", "bian"), "过": ("guo",), "哈": ("ha",), "华": ("hua",), "宁": ("ning",), "甯": ("ning",),
    "那": ("na",), "上": ("shang",), "相": ("xiang",), "熊": ("xiong",), "幺": ("yao",), "占": ("zhan",),
    "呙": ("guo", "wai"), "郗": ("xi", "chi"), "郝": ("hao",), "佴": ("nai", "er"), "俞": ("yu",), "於": ("yu",),
    "朝": ("chao", "zhao"), "晁": ("chao",), "贾": ("jia", "gu"), "伍": ("wu",), "洪": ("hong",), "干": ("gan",),
    "都": ("du", "dou"), "曲": ("qu",), "曹": ("cao",), "殷": ("yin",), "撒": ("sa",),
    "万": ("wan",), "沈": ("shen",), "冯": ("feng",), "房": ("fang",), "费": ("fei", "bi"), "党": ("dang",),
    "缴": ("jiao",), "亓": ("qi",), "芈": ("mi",), "郄": ("qie", "xi"), "郤": ("xi",), "弋": ("yi",),
    "蕃": ("pi", "fan"),
}  # fmt: skip
_DOUBLE_FAMILY: dict[str, tuple[tuple[str, str], ...]] = {
    "尉迟": (("yu", "chi"), ("wei", "chi")), "万俟": (("mo", "qi"), ("wan", "si")),
    "长孙": (("zhang", "sun"), ("chang", "sun")), "单于": (("chan", "yu"), ("dan", "yu")),
    "令狐": (("ling", "hu"),), "澹台": (("tan", "tai"), ("dan", "tai")), "夏侯": (("xia", "hou"),),
    "皇甫": (("huang", "fu"),), "鲜于": (("xian", "yu"),), "宿勤": (("su", "qin"),), "拓跋": (("tuo", "ba"),),
    "赫连": (("he", "lian"),), "乐正": (("yue", "zheng"), ("le", "zheng")), "亓官": (("qi", "guan"),),
}  # fmt: skip
#: Characters of given names that are commonly read in two ways.
_GIVEN: dict[str, tuple[str, ...]] = {
    "乐": ("le", "yue"), "长": ("chang", "zhang"), "行": ("xing", "hang"), "朝": ("chao", "zhao"),
    "重": ("zhong", "chong"), "茜": ("qian", "xi"), "莘": ("xin", "shen"), "晟": ("sheng", "cheng"),
    "盛": ("sheng", "cheng"), "传": ("chuan", "zhuan"), "隽": ("jun", "juan"), "阿": ("a", "e"),
    "柏": ("bai", "bo"), "伯": ("bo", "bai"), "藏": ("cang", "zang"), "曾": ("zeng", "ceng"), "调": ("diao", "tiao"),
    "省": ("sheng", "xing"), "单": ("dan", "shan"), "石": ("shi", "dan"), "祭": ("ji", "zhai"),
    "参": ("can", "shen"), "卡": ("ka", "qia"), "凯": ("kai",), "翟": ("zhai", "di"), "娜": ("na", "nuo"),
    "妮": ("ni",), "芊": ("qian",), "露": ("lu", "lou"), "咏": ("yong",), "贾": ("jia", "gu"), "广": ("guang",),
    "什": ("shi", "shen"), "合": ("he",), "会": ("hui", "kuai"), "大": ("da",), "兴": ("xing",), "宿": ("su", "xiu"),
    "万": ("wan",), "沈": ("shen",), "冯": ("feng",), "尼": ("ni",), "瑾": ("jin",), "仇": ("qiu", "chou"),
}  # fmt: skip

#: No name is kept in more ways than these; the likeliest come first.
MOST_READINGS = 6
_TONES = str.maketrans("āáǎàēéěèếềīíǐìōóǒòūúǔùǖǘǚǜüńňǹḿ", "aaaaeeeeeeiiiioooouuuuvvvvvnnnm")


def readings(name: str) -> list[tuple[str, ...]]:
    """The ways in which a name is read, syllable by syllable, the likeliest first; ü is v, as keyboards have it.

    Letters that are not Han stand for themselves in small letters, a run of them as one syllable. A name in which
    nothing can be read has no reading.
    """
    pieces = _pieces(name)
    if not pieces:
        return []
    options: list[list[tuple[str, ...]]] = []
    rest = pieces
    double = "".join(pieces[:2])
    if len(pieces) > 2 and double in _DOUBLE_FAMILY:
        options.append([tuple(each) for each in _DOUBLE_FAMILY[double]])
        rest = pieces[2:]
    elif len(pieces) > 1 and pieces[0] in _FAMILY:
        options.append([(each,) for each in _FAMILY[pieces[0]]])
        rest = pieces[1:]
    options += [[(each,) for each in _of_piece(piece)] for piece in rest]
    ways = islice(product(*options), MOST_READINGS)
    return [tuple(syllable for part in way for syllable in part) for way in ways]


def spelled(text: str) -> str:
    """Letters as typed, in the form in which readings are kept: small, without tones, ``lyu`` and ``lü`` as ``lv``."""
    small = unicodedata.normalize("NFC", text).lower().translate(_TONES)
    kept = "".join(letter for letter in small if "a" <= letter <= "z")
    return kept.replace("lyu", "lv").replace("nyu", "nv")


def bare(name: str) -> str:
    """A name without the dots, blanks and hyphens between its parts, in small letters: what is compared."""
    return "".join(each for each in unicodedata.normalize("NFC", name).lower() if each.isalpha() or each == "〇")


def _pieces(name: str) -> list[str]:
    """Han characters one by one, other letters word by word."""
    found: list[str] = []
    word = ""
    for letter in unicodedata.normalize("NFC", name):
        if _is_han(letter):
            found += [word] if word else []
            found.append(letter)
            word = ""
        elif letter.isalpha():
            word += letter
        elif word:
            found.append(word)
            word = ""
    return found + ([word] if word else [])


def _is_han(letter: str) -> bool:
    return letter == "〇" or (len(letter) == 1 and unicodedata.name(letter, "").startswith("CJK"))


@lru_cache(maxsize=30_000)
def _of_piece(piece: str) -> tuple[str, ...]:
    if piece in _GIVEN:
        return _GIVEN[piece]
    if not _is_han(piece):
        return (spelled(piece),)
    known = _dictionary().get(ord(piece), "")
    return (spelled(known.partition(",")[0]),) if known else ("",)


@cache
def _dictionary() -> dict[int, str]:
    """Read when first asked for: it is large, and most processes never read a name."""
    from pypinyin.pinyin_dict import pinyin_dict

    return dict(pinyin_dict)
