import pytest
from django.test import Client
from django.urls import reverse

from songhe.access.models import Account, Appointment, OneTimeCode
from songhe.access.one_time_code import MOST_A_PHONE
from songhe.assessment.tests import world
from songhe.doors.elder.tests.case.conftest import DAY, citizen, clerk, code_sent_to, fill, granny, text
from songhe.person.models import Person
from songhe.person.tests.conftest import id_number

PHONE = "13911112222"


def ask(client, phone=PHONE):
    return fill(client, reverse("elder:sign-in"), phone=phone)


def answer(client, code):
    return fill(client, reverse("elder:sign-in-code"), code=code)


def test_whoever_is_known_by_the_telephone_is_in_with_the_code():
    citizen(granny(), "granny", phone=PHONE)
    client = Client()
    assert ask(client, "139 1111 2222").headers["Location"] == reverse("elder:sign-in-code")
    done = answer(client, code_sent_to(PHONE))
    assert done.status_code == 302
    assert "王秀兰，您好" in text(client.get(reverse("elder:home")))


def test_the_first_time_name_and_number_open_a_login_for_the_file_there_is():
    elder = granny()
    client = Client()
    ask(client)
    assert answer(client, code_sent_to(PHONE)).headers["Location"] == reverse("elder:sign-in-name")
    number = id_number(elder.birth_date, 2)
    fill(client, reverse("elder:sign-in-name"), name="王秀兰", number=number)
    held = Appointment.objects.get(role="citizen")
    assert (held.person_id, held.account.phone, held.account.has_usable_password()) == (elder.id, PHONE, False)
    assert "王秀兰，您好" in text(client.get(reverse("elder:home")))
    assert number not in str(dict(client.session))


def test_whoever_has_no_file_says_where_they_live_step_by_step():
    world.body()  # the county is one that the programme runs in
    client = Client()
    ask(client)
    answer(client, code_sent_to(PHONE))
    address = reverse("elder:sign-in-name")
    told = {"name": "赵小明", "number": id_number(sequence=21)}
    first = client.post(address, told)
    assert (first.status_code, "再告诉我们您住在哪里" in text(first)) == (200, True)
    town = first.context["form"].fields["town"].choices[1][0]
    second = client.post(address, {**told, "asks_place": "1", "town": town})
    village = second.context["form"].fields["village"].choices[1][0]
    assert client.post(address, {**told, "asks_place": "1", "town": town, "village": village}).status_code == 302
    made = Person.rows.get(name="赵小明")
    assert (made.place, made.county, made.phone) == (village, "370799", PHONE)


def test_a_name_that_belongs_to_another_number_is_refused():
    granny()
    client = Client()
    ask(client)
    answer(client, code_sent_to(PHONE))
    page = fill(client, reverse("elder:sign-in-name"), name="王秀英", number=id_number(sequence=2, born=granny_born()))
    assert page.status_code == 422
    assert "对不上" in text(page)
    assert not Account.objects.exists()


def test_names_are_not_tried_out_one_after_the_other():
    granny()
    client = Client()
    ask(client)
    answer(client, code_sent_to(PHONE))
    told = {"name": "王秀英", "number": id_number(sequence=2, born=granny_born())}
    for _ in range(4):
        assert client.post(reverse("elder:sign-in-name"), told).status_code == 422
    assert client.post(reverse("elder:sign-in-name"), told).headers["Location"] == reverse("elder:sign-in")
    assert client.get(reverse("elder:sign-in-name")).headers["Location"] == reverse("elder:sign-in")


def granny_born():
    return Person.rows.get(name="王秀兰").birth_date


def test_an_old_telephone_is_not_replaced_by_whoever_knows_the_number():
    elder = granny()
    citizen(elder, "granny", phone="13800000009")
    client = Client()
    ask(client)
    answer(client, code_sent_to(PHONE))
    page = fill(client, reverse("elder:sign-in-name"), name="王秀兰", number=id_number(elder.birth_date, 2))
    assert (page.status_code, "尾号0009" in text(page).replace(" ", "")) == (409, True)


def test_known_and_unknown_telephones_read_the_same():
    citizen(granny(), "granny", phone=PHONE)
    known, unknown = Client(), Client()
    ask(known), ask(unknown, "13700001111")
    pages = [text(one.get(reverse("elder:sign-in-code"))) for one in (known, unknown)]
    masked = [page.replace("139****2222", "*").replace("137****1111", "*") for page in pages]
    without_codes = ["".join(c for c in page if not c.isdigit()) for page in masked]
    assert without_codes[0] == without_codes[1]


def test_five_wrong_codes_kill_it_and_the_right_one_comes_too_late():
    client = Client()
    ask(client)
    right = code_sent_to(PHONE)
    wrong = "000000" if right != "000000" else "111111"
    for _ in range(5):
        assert answer(client, wrong).status_code == 422
    assert answer(client, right).status_code == 422


def test_a_code_is_good_once_and_for_five_minutes(server_clock):
    client, other = Client(), Client()
    ask(client)
    code = code_sent_to(PHONE)
    server_clock.forward(minutes=5, seconds=1)
    assert answer(client, code).status_code == 422
    fill(client, reverse("elder:sign-in-code"), again="1")
    fresh = code_sent_to(PHONE)
    assert answer(client, fresh).status_code == 302
    session = other.session
    session["elder_phone_asked"] = PHONE
    session.save()
    assert answer(other, fresh).status_code == 422


def test_another_code_is_sent_after_a_minute_and_ten_a_day(server_clock):
    client = Client()
    ask(client)
    again = fill(client, reverse("elder:sign-in-code"), again="1")
    assert (again.status_code, "刚刚发过" in text(again)) == (429, True)
    for _ in range(MOST_A_PHONE - 1):
        server_clock.forward(minutes=2)
        assert fill(client, reverse("elder:sign-in-code"), again="1").status_code == 302
    server_clock.forward(minutes=2)
    assert fill(client, reverse("elder:sign-in-code"), again="1").status_code == 429


def test_a_telephone_that_is_none_is_told_at_once():
    page = fill(Client(), reverse("elder:sign-in"), phone="12345")
    assert page.status_code == 422
    assert not OneTimeCode.objects.exists()


def test_neither_code_nor_telephone_is_kept_in_clear():
    ask(Client())
    row = OneTimeCode.objects.get()
    assert PHONE not in str(row.__dict__)
    assert code_sent_to(PHONE) not in str(row.__dict__)


def test_an_office_is_not_entered_by_telephone_alone():
    clerk()
    Account.objects.update(phone=PHONE)
    client = Client()
    ask(client)
    assert answer(client, code_sent_to(PHONE)).headers["Location"] == reverse("elder:sign-in-name")


@pytest.mark.parametrize("page", ["elder:home", "elder:people", "elder:cases", "elder:file", "elder:report"])
def test_nobody_reads_pages_without_signing_in(page):
    answer = Client().get(reverse(page))
    assert answer.status_code == 302
    assert "sign-in" in answer.headers["Location"]


def test_the_day_of_practice_has_nothing_to_do_with_codes():
    ask(Client())
    assert OneTimeCode.objects.get().sent_at.date() != DAY
