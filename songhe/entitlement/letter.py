"""The written decision: what was decided, why, by which law, and what can be said against it. 决定书

What a letter says is kept as it was sent, in both languages; the page and the PDF only lay it out.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from songhe.county.key import new_id
from songhe.document.check_code import agrees, check_code
from songhe.document.number import of_id
from songhe.eligibility.models import Determination
from songhe.eligibility.queries import why
from songhe.entitlement.models import Appeal, Application, Ending, Entitlement, Letter
from songhe.kernel.month import Month, beijing_date
from songhe.person.masks import mask_last4
from songhe.policy.evaluate import CategoryTerms
from songhe.policy.resolve import Policy, library
from songhe.policy.terms import terms_in

APPROVED, REFUSED, STOPPED, APPEAL = "approved", "refused", "stopped", "appeal"


def write_decision(*, application: Application, entitlement: Entitlement | None, at: datetime) -> Letter:
    """The letter of an approval (with its ``entitlement``) or of a refusal, from the determination's trace."""
    on = application.decided_on or beijing_date(at)
    policy = library().resolve(policy=application.policy, place=application.county, on=on)
    rules = terms_in(policy, place=application.county, on=on)
    body: dict[str, Any] = {
        "decision": _decision(application, policy, entitlement),
        "decided_on": str(on),
        "note": application.decision_note,
        "reasons": _reasons(application.determination, only_against=entitlement is None),
        "law": _law(policy, application.determination),
        "appeal": appeal_notice(on, rules.appeal_days),
    }
    if entitlement is not None:
        body["first_month"] = entitlement.first_month
        body["first_due_on"] = str(entitlement.first_due_on) if entitlement.first_due_on else None
        body["groups"] = [_group(each) for each in rules.open_categories]
    return _write(application, APPROVED if entitlement else REFUSED, body, at)


def write_ending(*, application: Application, ending: Ending, at: datetime) -> Letter:
    """The letter that a right ends: why, its last month, and what can be said against it."""
    on = beijing_date(at)
    policy = _policy_known(application, on)
    days = policy.value("appeal_days", on) if policy and on in policy.window else None
    because = Ending.Because(ending.because)
    body = {
        "decision": {
            "zh": f"待遇因“{because.label}”终止，最后一个月是{ending.last_month}。",
            "en": f"The right ends because of {because.value}; its last month is {ending.last_month}.",
        },
        "decided_on": str(on),
        "note": ending.note,
        "reasons": [],
        "law": _law(policy, None) if policy else [],
        "appeal": appeal_notice(on, days if isinstance(days, int) else None),
        "last_month": ending.last_month,
    }
    return _write(application, STOPPED, body, at)


def write_answer(*, application: Application, appeal: Appeal, at: datetime) -> Letter:
    """The letter that answers an appeal."""
    upheld = appeal.outcome == Appeal.Outcome.UPHELD
    body = {
        "decision": {
            "zh": "您的申诉成立，原决定将重新办理。" if upheld else "经复查，维持原决定。",
            "en": "Your appeal is upheld; the matter is taken up again."
            if upheld
            else "On review the decision stands.",
        },
        "decided_on": str(beijing_date(at)),
        "note": appeal.answer,
        "reasons": _reasons(application.determination, only_against=True),
        "law": [],
        "appeal": None,
    }
    return _write(application, APPEAL, body, at)


def code_of(letter: Letter) -> str:
    """The eight digits that are printed on the letter, for the public page where papers are checked."""
    return check_code(letter.no, letter.body)


def genuine(*, no: str, code: str) -> Letter | None:
    """The letter of this number, if the code printed on it agrees with what it says; nothing for any other pair."""
    found = Letter.objects.filter(county=no[:6], no=no).first()
    return found if found is not None and agrees(code, found.no, found.body) else None


def appeal_notice(decided_on: date, days: int | None) -> dict[str, Any]:
    """How and until when to appeal; where the place sets no days, this is said."""
    how_zh = "可向县（市、区）民政部门提出申诉，由未参与原决定的人员办理。"
    how_en = "An appeal may be made to the county civil-affairs bureau; somebody who took no part will answer it."
    if days is None:
        return {
            "until": None,
            "zh": how_zh + "本地未规定申诉期限。",
            "en": how_en + " The place sets no time limit.",
        }
    until = decided_on + timedelta(days=days)
    return {
        "until": str(until),
        "zh": how_zh + f"请在{until}前（含当日）提出。",
        "en": how_en + f" It must be made by {until}.",
    }


def _write(application: Application, kind: str, body: dict[str, Any], at: datetime) -> Letter:
    letter_id = new_id()
    no = of_id(application.county, Month.at(at), letter_id)
    person = application.person
    head = {
        "no": no,
        "application_no": application.no,
        "to": {"name": person.name, "id_number": mask_last4(person.id_last4)},
    }
    return Letter.objects.create(
        county=application.county, id=letter_id, no=no, application=application, kind=kind, body=head | body, at=at
    )


def _decision(application: Application, policy: Policy, entitlement: Entitlement | None) -> dict[str, str]:
    title = policy.title
    if entitlement is None:
        return {
            "zh": f"对您申请的“{title.zh}”不予批准。",
            "en": f"Your application for “{title.en}” is refused.",
        }
    return {
        "zh": f"批准您申请的“{title.zh}”，自{entitlement.first_month}起享受，编号 {entitlement.no}。",
        "en": f"Your application for “{title.en}” is approved from {entitlement.first_month}, no. {entitlement.no}.",
    }


def _reasons(determination: Determination | None, *, only_against: bool) -> list[dict[str, Any]]:
    """Each condition; of a refusal only those that were not met, if any were not."""
    if determination is None:
        return []
    found = why(determination)
    against = [each for each in found if each.met is False]
    return [
        {"zh": each.zh, "en": each.en, "met": each.met, "article": each.article, "source": each.source}
        for each in (against if only_against and against else found)
    ]


def _law(policy: Policy, determination: Determination | None) -> list[dict[str, Any]]:
    """The documents that the conditions come from, by title, number and date."""
    sources = library().sources
    ids = [each.source for each in why(determination)] if determination else []
    ids += [condition.cited.source for condition in policy.conditions]
    return [
        {
            "title": sources[each].title,
            "number": sources[each].number,
            "publisher": sources[each].publisher,
            "date": sources[each].date,
        }
        for each in dict.fromkeys(ids)
        if each in sources
    ]


def _group(each: CategoryTerms) -> dict[str, Any]:
    return {
        "category": each.category,
        "zh": each.title.zh,
        "en": each.title.en,
        "ratio": each.ratio_text,
        "cap_fen": each.cap_fen,
    }


def _policy_known(application: Application, on: date) -> Policy | None:
    """The pack of the application's determination; the programme may be over when a right ends."""
    if application.determination is None:
        return None
    packs = library().packs
    return library().policy(application.determination.pack) if application.determination.pack in packs else None
