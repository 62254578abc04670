"""A password that only its owner knows: a link that works once lets them choose it. 首次设密码、重设密码"""

from __future__ import annotations

from datetime import datetime, timezone

from django.contrib.auth.hashers import make_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db import transaction

from songhe.access.login import ACCOUNT_OF_ONESELF, check_strength, note_account
from songhe.access.models import Account
from songhe.kernel.refusal import reason

#: How long a link works, in days; ``PASSWORD_RESET_TIMEOUT`` says the same in seconds.
LINK_DAYS = 3

LINK_OVER = reason(
    "access.link_over",
    zh="这个链接已经用过或已过期，请向系统管理员再要一个。",
    en="This link was used or is over; ask the system administrator for another.",
    status=403,
)


class _Links(PasswordResetTokenGenerator):
    """Signed with the installation's key over the account's password and last sign-in: either ends the link."""

    key_salt = "songhe.access.password"

    def __init__(self, at: datetime) -> None:
        super().__init__()
        self.at = at

    def _now(self) -> datetime:
        return self.at.astimezone(timezone.utc).replace(tzinfo=None)


def give_link(*, account: Account, by: Account | None, at: datetime, machine_at: datetime) -> str:
    """A secret by which the owner of a login chooses a password within three days, once; it is kept nowhere.

    ``machine_at`` is the machine's clock, also in practice. Refuses with ``access.own_account`` for one's own login.
    """
    if by is not None and by.pk == account.pk:
        raise ACCOUNT_OF_ONESELF()
    with transaction.atomic():
        made: str = _Links(machine_at).make_token(account)
        note_account("account.password_link", account, by=by, at=at)
    return made


def owner_of_link(*, account_id: int, secret: str, machine_at: datetime) -> Account:
    """The login that a link opens. Refuses with ``access.link_over`` when it opens none."""
    account = Account.objects.filter(pk=account_id, is_active=True).first()
    if account is None or not _Links(machine_at).check_token(account, secret):
        raise LINK_OVER()
    return account


def choose_password(*, account_id: int, secret: str, password: str, at: datetime, machine_at: datetime) -> Account:
    """Whoever holds the link chooses the password; the link is over then, and wrong passwords are forgotten.

    Refuses with ``access.link_over`` or as ``open_account`` does a password that is too weak.
    """
    with transaction.atomic():
        Account.objects.select_for_update().filter(pk=account_id).first()
        account = owner_of_link(account_id=account_id, secret=secret, machine_at=machine_at)
        check_strength(password, account)
        account.password = make_password(password)
        account.failed_sign_ins, account.barred_until = 0, None
        account.save(update_fields=["password", "failed_sign_ins", "barred_until"])
        note_account("account.password_chosen", account, by=account, at=at)
    return account
