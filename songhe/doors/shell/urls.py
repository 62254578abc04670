"""The addresses of the shell itself."""

from django.urls import path

from songhe.doors.shell import first_password, health, pages, preferences, security, sign_in

urlpatterns = [
    path("", pages.start, name="start"),
    path("sign-in/", sign_in.sign_in, name="sign-in"),
    path("sign-in/practice/", sign_in.sign_in_for_practice, name="practice-sign-in"),
    path("sign-in/second/", security.second, name="second-factor"),
    path("sign-in/enrol/", security.enrol, name="enrol"),
    path("sign-in/again/", security.again, name="again"),
    path("sign-in/key/question/", security.key_question, name="key-question"),
    path("sign-in/key/answer/", security.key_answer, name="key-answer"),
    path("sign-in/first/<int:account_id>/<str:secret>/", first_password.first_password, name="first-password"),
    path("security/", security.page, name="security"),
    path("security/app/", security.add_app, name="add-app"),
    path("security/key/question/", security.new_key_question, name="new-key-question"),
    path("security/key/answer/", security.new_key_answer, name="new-key-answer"),
    path("security/recovery-codes/", security.recovery_codes, name="recovery-codes"),
    path("security/remove/<int:factor_id>/", security.remove, name="remove-factor"),
    path("security/reset/", security.reset, name="reset-factor"),
    path("security/sessions/end/", security.end_other_sessions, name="end-other-sessions"),
    path("sign-out/", sign_in.sign_out, name="sign-out"),
    path("preferences/", preferences.choose, name="preferences"),
    path("style/", pages.style_sheet, name="style"),
    path("healthz", health.alive, name="healthz"),
    path("readyz", health.ready, name="readyz"),
    path("version", health.version, name="version"),
]
