"""Who plays which part in the love card's sample. All are practice logins. 爱心卡样例人物"""

from __future__ import annotations

from dataclasses import dataclass

from songhe.access.role import Role
from songhe.month.sample import cast as voucher
from songhe.month.sample.card.shape import HOME, OTHER


@dataclass(frozen=True)
class Part:
    """A login and its role. ``body`` is the code of the body it works for in ``data/providers.yaml``."""

    username: str
    display_name: str
    role: Role
    place: str = HOME
    body: str = ""


CLERK, APPROVER = "card-clerk", "card-approver"
FINANCE, CASHIER, AUDITOR = "card-finance", "card-cashier", "card-auditor"
DAUGHTER, MOTHER, HELPER = "card-daughter", "card-mother", "card-helper"
OTHER_CLERK, OTHER_APPROVER = "card-clerk-2", "card-approver-2"

#: A practice database that has no other sample has these three from this one.
ADMINISTRATORS: tuple[Part, ...] = (
    Part(voucher.SYSTEM_ADMIN, "样例 系统管理员", Role.SYSTEM_ADMIN),
    Part(voucher.SECURITY_ADMIN, "样例 安全管理员", Role.SECURITY_ADMIN),
    Part(voucher.AUDIT_ADMIN, "样例 审计管理员", Role.AUDIT_ADMIN),
)

CAST: tuple[Part, ...] = (
    Part(CLERK, "爱心卡样例 经办员", Role.COUNTY_CLERK),
    Part(APPROVER, "爱心卡样例 审批人", Role.COUNTY_APPROVER),
    Part(FINANCE, "爱心卡样例 财务", Role.FINANCE),
    Part(CASHIER, "爱心卡样例 出纳", Role.FINANCE),
    Part(AUDITOR, "爱心卡样例 审计员", Role.AUDITOR),
    Part(OTHER_CLERK, "爱心卡邻县 经办员", Role.COUNTY_CLERK, OTHER),
    Part(OTHER_APPROVER, "爱心卡邻县 审批人", Role.COUNTY_APPROVER, OTHER),
    Part("card-canteen", "爱心卡样例 食堂收银", Role.PROVIDER_MANAGER, body="canteen-1"),
    Part("card-merchant", "爱心卡样例 爱心商家", Role.PROVIDER_MANAGER, body="shop-01"),
    Part("card-homecare", "爱心卡样例 居家服务站长", Role.PROVIDER_MANAGER, body="care-1"),
    Part("card-carer", "爱心卡样例 护理员", Role.CARER, body="care-1"),
    Part(DAUGHTER, "爱心卡样例 女儿（代办人）", Role.CITIZEN),
    Part(MOTHER, "爱心卡样例 妈妈（持卡人）", Role.CITIZEN),
    Part(HELPER, "爱心卡样例 志愿老人", Role.CITIZEN),
)

#: The logins that have a part in this sample's stories.
NAMED = tuple(part.username for part in CAST)


def manager_of(body: str) -> str:
    """The login that signs for a body."""
    named = (part.username for part in CAST if part.role == Role.PROVIDER_MANAGER and part.body == body)
    return next(named, f"card-{body}")


def clerk_of(county: str) -> str:
    return CLERK if county == HOME else OTHER_CLERK


def approver_of(county: str) -> str:
    return APPROVER if county == HOME else OTHER_APPROVER


def finance_of(county: str) -> str:
    """The neighbour's clerk does its accounts too."""
    return FINANCE if county == HOME else OTHER_CLERK
