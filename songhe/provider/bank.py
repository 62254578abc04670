"""Where a provider is paid. Two people change it, and three days pass: who diverts money needs both."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from songhe.kernel.cipher import seal, unseal
from songhe.kernel.refusal import reason
from songhe.kernel.typed import fold
from songhe.provider.admit import SAME_PERSON
from songhe.provider.models import BankAccount, Provider
from songhe.trail.note import note

#: Between approval and the first payment to a new account.
HOLD = timedelta(hours=72)

NUMBER_INVALID = reason(
    "provider.bank_number_invalid", zh="银行账号应为8至32位数字。", en="A bank account number has 8 to 32 digits."
)
HOLDER_MISSING = reason(
    "provider.bank_holder_missing", zh="请填写户名和开户行。", en="Give the account holder and the bank."
)
ALREADY_APPROVED = reason(
    "provider.bank_already_approved", zh="该账户已审批。", en="This account is already approved.", status=409
)
SUPERSEDED = reason(
    "provider.bank_superseded",
    zh="此后又提出了新的账户，这一笔不能再审批。",
    en="A newer account was proposed since; this one can no longer be approved.",
    status=409,
)
NO_ACCOUNT = reason(
    "provider.no_bank_account",
    zh="“{name}”没有已生效的银行账户。",
    en="{name} has no bank account in force.",
    status=409,
)

_PURPOSE = "bank-account"


def propose(*, provider: Provider, holder: str, bank: str, number: str, at: datetime, by: str) -> BankAccount:
    """Propose where the provider is to be paid; nothing changes yet.

    Refuses with ``provider.bank_number_invalid`` or ``provider.bank_holder_missing``.
    """
    digits = fold(number).replace("-", "")
    if not (digits.isascii() and digits.isdigit() and 8 <= len(digits) <= 32):
        raise NUMBER_INVALID("number")
    if not holder.strip() or not bank.strip():
        raise HOLDER_MISSING("holder")
    with transaction.atomic():
        Provider.objects.select_for_update().get(pk=provider.pk)
        proposed = BankAccount.objects.create(
            provider=provider,
            holder=holder.strip(),
            bank=bank.strip(),
            number_cipher=seal(digits, key=settings.ID_NUMBER_KEY, purpose=_PURPOSE, about=_about(provider)),
            last4=digits[-4:],
            proposed_by=by,
            proposed_at=at,
        )
        _note("provider.propose_bank_account", proposed, provider, at=at, by=by)
    return proposed


def approve(*, account: BankAccount, at: datetime, by: str) -> BankAccount:
    """Approve the latest proposal; it is paid to from 72 hours later, and until then to the account before it.

    Refuses with ``provider.same_person``, ``provider.bank_already_approved`` or ``provider.bank_superseded``.
    """
    with transaction.atomic():
        provider = Provider.objects.select_for_update().get(pk=account.provider_id)
        account = BankAccount.objects.select_for_update().get(pk=account.pk)
        if account.approved_by:
            raise ALREADY_APPROVED("account")
        if account.proposed_by == by:
            raise SAME_PERSON("by")
        if BankAccount.objects.filter(provider=provider, pk__gt=account.pk).exists():
            raise SUPERSEDED("account")
        account.approved_by, account.approved_at, account.effective_at = by, at, at + HOLD
        account.save(update_fields=["approved_by", "approved_at", "effective_at"])
        _note("provider.approve_bank_account", account, provider, at=at, by=by)
    return account


def account_on(provider: Provider, at: datetime) -> BankAccount:
    """The account that is paid to at that instant: the latest in force. Refuses with ``provider.no_bank_account``."""
    in_force = BankAccount.objects.filter(provider=provider, effective_at__lte=at)
    account = in_force.order_by("-effective_at", "-id").first()
    if account is None:
        raise NO_ACCOUNT("provider", name=provider.name)
    return account


def number_of(account: BankAccount) -> str:
    """The whole number, for the pay file alone; everywhere else ``last4`` is shown."""
    return unseal(
        account.number_cipher,
        key=settings.ID_NUMBER_KEY,
        purpose=_PURPOSE,
        about=f"provider {account.provider_id}".encode(),
    )


def _about(provider: Provider) -> bytes:
    return f"provider {provider.pk}".encode()


def _note(act: str, account: BankAccount, provider: Provider, *, at: datetime, by: str) -> None:
    note(
        county=provider.place,
        at=at,
        actor=by,
        act=act,
        subject="provider",
        subject_id=str(provider.pk),
        account=account.pk,
        last4=account.last4,
    )
