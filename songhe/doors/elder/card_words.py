"""What cards, purses and movements are called on the pages of elders, in the language of the page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from songhe.card.foreseen import Held
from songhe.card.models import Card, HeirPayment, Purse, Source, TopUp
from songhe.card.movements import Movement
from songhe.doors.elder.money_words import Word, in_chinese, said
from songhe.doors.shell.spoken import day, month
from songhe.kernel.month import Month
from songhe.policy.monthly import lines_of
from songhe.policy.resolve import Policy
from songhe.provider.help import HELPS, SIX

STATES: dict[str, Word] = {
    Card.State.ACTIVE: Word(gettext_lazy("可以用"), "ok"),
    Card.State.LOST: Word(gettext_lazy("已挂失"), "bad"),
    Card.State.FROZEN: Word(gettext_lazy("已冻结"), "warn"),
    Card.State.CLOSED: Word(gettext_lazy("已注销"), ""),
}

SOURCES: dict[str, Any] = {
    Source.FINANCE: gettext_lazy("财政资金"),
    Source.DISABLED: gettext_lazy("残联资金"),
    Source.COLLECTIVE: gettext_lazy("村（社区）集体资金"),
    Source.CHARITY: gettext_lazy("慈善资金"),
    Source.FAMILY: gettext_lazy("家里充的钱"),
}

CLASSES: dict[int, Any] = {
    1: gettext_lazy("一类"),
    2: gettext_lazy("二类"),
    3: gettext_lazy("三类"),
    4: gettext_lazy("四类（志愿服务）"),
}

TOP_UPS: dict[str, Word] = {
    TopUp.State.WAITING: Word(gettext_lazy("等付款"), "warn"),
    TopUp.State.PAID: Word(gettext_lazy("已到账"), "ok"),
    TopUp.State.CANCELLED: Word(gettext_lazy("已取消"), ""),
}

HEIRS: dict[str, Word] = {
    HeirPayment.State.OPEN: Word(gettext_lazy("等县里批准"), "warn"),
    HeirPayment.State.PAID: Word(gettext_lazy("已退"), "ok"),
    HeirPayment.State.DECLINED: Word(gettext_lazy("没有批准"), "bad"),
}

#: Why a purse pays in its place, by the codes of ``songhe.card.order``.
BECAUSE: dict[str, Any] = {
    "lapses": gettext_lazy("会到期的先用，免得作废"),
    "restricted": gettext_lazy("用处少的先用"),
    "open": gettext_lazy("不会到期，什么都能付，往后放"),
    "family_last": gettext_lazy("家里的钱放在最后用"),
}

#: Every kind of movement: its word, and what stands beside it.
KINDS: dict[str, Any] = {
    "charge": pgettext_lazy("movement of a card", "发放"),
    "topup": pgettext_lazy("movement of a card", "家里充值"),
    "match": pgettext_lazy("movement of a card", "慈善配捐"),
    "match_back": pgettext_lazy("movement of a card", "配捐退回"),
    "refund": pgettext_lazy("movement of a card", "充值退款"),
    "draw": pgettext_lazy("movement of a card", "付款"),
    "give_back": pgettext_lazy("movement of a card", "退回卡里"),
    "expire": pgettext_lazy("movement of a card", "到期收回"),
    "return": pgettext_lazy("movement of a card", "注销收回"),
    "to_heir": pgettext_lazy("movement of a card", "退给继承人"),
}


@dataclass(frozen=True)
class Said:
    """A movement in words: what it was, why, and what it was for."""

    move: Movement
    what: str
    because: str
    bill: str = ""
    item: str = ""


def language() -> str:
    return "zh" if in_chinese() else "en"


def help_name(category: str) -> str:
    known = HELPS.get(category)
    return category if known is None else said(*known)


def buys(allowed: frozenset[str] | None) -> str:
    """What a purse may pay for, as short as it can be said."""
    if allowed is None:
        return _("卡能付的都可以付")
    if not allowed:
        return _("眼下没有能付的项目")
    stop = "、" if in_chinese() else ", "
    rest = [help_name(each) for each in HELPS if each in allowed]
    if set(SIX) <= allowed:
        six = _("六助（助餐、助浴、助医、助洁、助行、助急）")
        rest = [six, *(help_name(each) for each in HELPS if each in allowed and each not in SIX)]
    return _("可以付：%(what)s") % {"what": stop.join(rest)}


def until(held: Held, on: date) -> str:
    """Until when a purse may be used."""
    if held.lapses_on is None:
        return _("不会到期")
    last = day(held.lapses_on, language())
    if held.is_over(on):
        return _("只能付%(day)s以前做完的服务") % {"day": last}
    return _("用到%(day)s，过期收回") % {"day": last}


def waits(held: Held) -> str:
    """What becomes of what is left in a purse of a closed card."""
    if held.purse.state == Purse.State.FOR_HEIRS:
        return _("等退给继承人")
    last = day(held.purse.book_until, language())
    return _("只付去世前做完的服务；%(day)s以后，剩下的回到资金里") % {"day": last}


def class_word(card: Card) -> str:
    return str(CLASSES.get(card.card_class, card.card_class))


def standards_said(policy: Policy | None, names: list[str]) -> list[str]:
    """The standards that a card is under, as the pack calls them."""
    if policy is None:
        return []
    titles = {line.id: said(line.title.zh, line.title.en) for line in lines_of(policy)}
    return [titles[name] for name in names if name in titles]


def in_words(move: Movement, *, bill: str = "", item: str = "") -> Said:
    what = str(KINDS.get(move.kind, move.kind))
    source = str(SOURCES.get(move.source, move.source))
    if move.kind in {"draw", "give_back"}:
        name = item or help_name(move.category)
        what = f"{name} · {move.provider}" if move.provider else what
        return Said(move, what, _paid_because(move, source), bill, item)
    if move.kind == "charge":
        which = month(Month.of(move.on), language())
        return Said(move, what, _("%(fund)s发的%(month)s补贴") % {"fund": move.fund, "month": which})
    because = {
        "topup": _("家里人付的钱，到账了"),
        "match": _("家里充值，%(fund)s跟着配") % {"fund": move.fund},
        "match_back": _("充值退了，没用掉的配捐回到%(fund)s") % {"fund": move.fund},
        "refund": _("退回付款的账户"),
        "expire": _("过了有效期，没用完的回到%(fund)s") % {"fund": move.fund},
        "return": _("卡注销了，回到%(fund)s") % {"fund": move.fund},
        "to_heir": _("退给%(name)s") % {"name": move.name},
    }.get(move.kind, move.fund)
    return Said(move, what, because)


def _paid_because(move: Movement, source: str) -> str:
    served = day(move.service_on, language()) if move.service_on else ""
    if move.kind == "draw":
        return _("%(day)s的服务，用%(source)s付") % {"day": served, "source": source}
    return _("%(day)s的服务冲正了，钱退回%(source)s") % {"day": served, "source": source}


#: The other cards that this one stands for.
def merged(card: Card) -> list[str]:
    found = [
        (card.elder, _("老年人优待卡")),
        (card.veteran, _("优抚对象优待卡")),
        (card.bus, _("公交卡")),
    ]
    return [word for held, word in found if held]
