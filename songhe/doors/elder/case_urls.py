"""Sign-in, people, applications and cases of this door, under ``/my/``."""

from django.urls import path, register_converter

from songhe.doors.elder import (
    appeal,
    apply,
    assisted,
    bind,
    case,
    correct,
    home,
    notices,
    people,
    report,
    selfrating,
    sign_in,
)
from songhe.doors.staff.converters import NumberConverter

register_converter(NumberConverter, "number")

urlpatterns = [
    path("", home.home, name="home"),
    path("sign-in/", sign_in.phone, name="sign-in"),
    path("sign-in/code/", sign_in.code, name="sign-in-code"),
    path("sign-in/name/", sign_in.name, name="sign-in-name"),
    path("people/", people.people, name="people"),
    path("people/<uuid:person_id>/open/", people.open_pages, name="people-open"),
    path("people/bind/", bind.who, name="bind"),
    path("people/bind/what/", bind.what, name="bind-what"),
    path("people/bind/proof/", bind.proof, name="bind-proof"),
    path("people/asked/<uuid:ask_id>/withdraw/", bind.withdraw, name="bind-withdraw"),
    path("people/proxies/<uuid:mandate_id>/end/", correct.end, name="mandate-end"),
    path("rating/", selfrating.start, name="rating"),
    path("rating/<int:number>/", selfrating.question, name="self-question"),
    path("rating/result/", selfrating.result, name="self-rated"),
    path("apply/", apply.start, name="apply-start"),
    path("apply/<number:no>/", apply.resume, name="apply"),
    path("apply/<number:no>/paper-form/", assisted.paper_form, name="paper-form"),
    path("apply/<number:no>/papers/<uuid:material_id>/remove/", apply.remove_paper, name="remove-paper"),
    path("apply/<number:no>/<slug:name>/", apply.page, name="apply-page"),
    path("cases/", case.cases, name="cases"),
    path("cases/<number:no>/", case.case, name="case"),
    path("cases/<number:no>/answer/", case.answer, name="answer"),
    path("cases/<number:no>/withdraw/", case.withdraw, name="withdraw"),
    path("cases/<number:no>/appeal/", appeal.appeal, name="appeal"),
    path("cases/<number:no>/dispute/", case.dispute, name="dispute"),
    path("cases/<number:no>/review/", case.choose_review, name="review"),
    path("cases/<number:no>/papers/<uuid:material_id>/", case.paper, name="paper"),
    path("letters/<number:no>/", case.letter, name="letter"),
    path("letters/<number:no>/letter.pdf", case.letter_pdf, name="letter-pdf"),
    path("report/", report.report, name="report"),
    path("report/<slug:kind>/", report.tell, name="report-tell"),
    path("file/", correct.file, name="file"),
    path("file/looks/", correct.looks, name="looks"),
    path("file/correct/<slug:field>/", correct.ask, name="correct"),
    path("file/asked/<uuid:ask_id>/withdraw/", correct.withdraw, name="correct-withdraw"),
    path("assist/", assisted.assist, name="assist"),
    path("notices/", notices.notices, name="notices"),
]
