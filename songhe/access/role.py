"""The roles a login can be appointed to, and which of them one login may not hold together."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    COUNTY_CLERK = "county_clerk", _("县区经办")
    COUNTY_APPROVER = "county_approver", _("县区审批")
    FINANCE = "finance", _("财务")
    CITY_OVERSEER = "city_overseer", _("市级监管")
    PROVINCE_OVERSEER = "province_overseer", _("省级监管")
    ASSESSOR = "assessor", _("评估员")
    PROVIDER_MANAGER = "provider_manager", _("服务机构管理员")
    CARER = "carer", _("护理员")
    AUDITOR = "auditor", _("审计")
    SYSTEM_ADMIN = "system_admin", _("系统管理员")
    SECURITY_ADMIN = "security_admin", _("安全管理员")
    AUDIT_ADMIN = "audit_admin", _("审计管理员")
    WALL_SCREEN = "wall_screen", _("大屏")
    CITIZEN = "citizen", _("群众")


NAMES_IN_ENGLISH: dict[str, str] = {
    Role.COUNTY_CLERK: "County clerk",
    Role.COUNTY_APPROVER: "County approver",
    Role.FINANCE: "Finance officer",
    Role.CITY_OVERSEER: "City overseer",
    Role.PROVINCE_OVERSEER: "Province overseer",
    Role.ASSESSOR: "Assessor",
    Role.PROVIDER_MANAGER: "Provider manager",
    Role.CARER: "Carer",
    Role.AUDITOR: "Auditor",
    Role.SYSTEM_ADMIN: "System administrator",
    Role.SECURITY_ADMIN: "Security administrator",
    Role.AUDIT_ADMIN: "Audit administrator",
    Role.WALL_SCREEN: "Big screen",
    Role.CITIZEN: "Citizen",
}

#: The three administrators watch each other (GB/T 22239-2019 8.1.4.2 d).
ADMINISTRATORS = frozenset({Role.SYSTEM_ADMIN, Role.SECURITY_ADMIN, Role.AUDIT_ADMIN})

#: Roles that decide cases and money in a county.
DECIDING = frozenset({Role.COUNTY_CLERK, Role.COUNTY_APPROVER, Role.FINANCE})

#: Roles of a place and everything inside it; all but the big screen, which has figures alone, see its people.
OF_A_PLACE = DECIDING | {Role.CITY_OVERSEER, Role.PROVINCE_OVERSEER, Role.AUDITOR, Role.WALL_SCREEN}

#: Roles that act for a provider, or for an assessment body, and therefore name it.
OF_A_PROVIDER = frozenset({Role.PROVIDER_MANAGER, Role.CARER, Role.ASSESSOR})


def may_combine(one: str, other: str) -> bool:
    """Whether one login may hold both roles on the same day.

    Administrators hold no second office, auditors audit nothing of their own, an assessor serves no provider, and a
    screen on a wall, before which nobody sits, is nothing else.
    """
    pair = {one, other}
    if len(pair) == 1:
        return True
    if Role.WALL_SCREEN in pair:
        return False
    offices = DECIDING | {Role.PROVIDER_MANAGER, Role.CARER, Role.ASSESSOR}
    if pair & ADMINISTRATORS:
        return Role.CITIZEN in pair
    if Role.AUDITOR in pair:
        return not pair & offices
    if Role.ASSESSOR in pair:
        return not pair & {Role.PROVIDER_MANAGER, Role.CARER}
    return not (pair & DECIDING and pair & {Role.PROVIDER_MANAGER, Role.CARER})


def name(role: str, language: str = "zh") -> str:
    """What the role is called, in Chinese or in English."""
    return str(Role(role).label) if language.startswith("zh") else NAMES_IN_ENGLISH[Role(role)]
