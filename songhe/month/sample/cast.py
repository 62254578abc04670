"""Who plays which part: one named login for each role, and one for every worker of the bodies. 样例人物

All are practice logins: they exist only in a practice database, where one click signs them in.
"""

from __future__ import annotations

from dataclasses import dataclass

from songhe.access.role import Role
from songhe.month.sample.shape import COUNTY


@dataclass(frozen=True)
class Part:
    """A login and its role. ``body`` is the code of the body it works for in ``data/providers.yaml``.

    ``until_year_end``: appointed for a time, to the end of the year of the first month. Whose file a citizen's login
    has stands in ``data/awkward.yaml``.
    """

    username: str
    display_name: str
    role: Role
    place: str = COUNTY
    body: str = ""
    until_year_end: bool = False


CLERK, SECOND_CLERK, APPROVER = "clerk", "clerk2", "approver"
FINANCE, CASHIER = "finance", "cashier"
SYSTEM_ADMIN, SECURITY_ADMIN, AUDIT_ADMIN = "sysadmin", "secadmin", "logadmin"
DAUGHTER, GRANNY = "daughter", "granny"

#: The administrators first: the security administrator opens and appoints the others.
CAST: tuple[Part, ...] = (
    Part(SYSTEM_ADMIN, "样例 系统管理员", Role.SYSTEM_ADMIN),
    Part(SECURITY_ADMIN, "样例 安全管理员", Role.SECURITY_ADMIN),
    Part(AUDIT_ADMIN, "样例 审计管理员", Role.AUDIT_ADMIN),
    Part(CLERK, "样例 经办员", Role.COUNTY_CLERK),
    Part(SECOND_CLERK, "样例 经办员二", Role.COUNTY_CLERK),
    Part(APPROVER, "样例 审批人", Role.COUNTY_APPROVER),
    Part(FINANCE, "样例 财务", Role.FINANCE),
    Part(CASHIER, "样例 出纳", Role.FINANCE),
    Part("city", "样例 市级监管", Role.CITY_OVERSEER, "370700"),
    Part("province", "样例 省级监管", Role.PROVINCE_OVERSEER, "370000"),
    Part("screen", "样例 大厅大屏", Role.WALL_SCREEN),
    Part("auditor", "样例 审计员", Role.AUDITOR, until_year_end=True),
    Part("assessor", "样例 评估员", Role.ASSESSOR, body="body-1"),
    Part("assessor2", "样例 评估员二", Role.ASSESSOR, body="body-1"),
    Part("body", "样例 评估机构管理员", Role.PROVIDER_MANAGER, body="body-1"),
    Part("institution", "样例 养老院管理员", Role.PROVIDER_MANAGER, body="inst-1"),
    Part("homecare", "样例 居家公司管理员", Role.PROVIDER_MANAGER, body="home-1"),
    Part("centre", "样例 照料中心管理员", Role.PROVIDER_MANAGER, body="centre-01"),
    Part("carer", "样例 护理员", Role.CARER, body="home-1"),
    Part(DAUGHTER, "样例 女儿（代办人）", Role.CITIZEN),
    Part(GRANNY, "样例 老人", Role.CITIZEN),
)


def manager_of(body: str) -> str:
    """The login that signs for a body."""
    named = next((part for part in CAST if part.role == Role.PROVIDER_MANAGER and part.body == body), None)
    return named.username if named else f"manager-{body}"


def worker_of(body: str, number: int, role: Role) -> str:
    """The login of a body's ``number``-th carer or assessor, counted from 1."""
    named = [part.username for part in CAST if part.role == role and part.body == body]
    return named[number - 1] if number <= len(named) else f"{role}-{body}-{number:02d}"
