import pytest

from songhe.kernel.refusal import Refusal
from songhe.provider.contact import change_contact
from songhe.provider.tests.conftest import AT
from songhe.trail.models import Entry

pytestmark = pytest.mark.django_db


def test_address_and_telephone_change_and_the_trail_keeps_the_old_ones(community):
    change_contact(provider=community, address=" 柳泉路1号 ", phone="０５３６-1234567", at=AT, by="manager")
    community.refresh_from_db()
    assert (community.address, community.phone) == ("柳泉路1号", "0536-1234567")
    assert Entry.objects.get(act="provider.change_contact").actor == "manager"


@pytest.mark.parametrize(
    ("address", "phone", "code"),
    [
        ("柳泉路1号", "打前台", "provider.phone_invalid"),
        ("柳泉路1号", "12", "provider.phone_invalid"),
        (" ", "0536-1234567", "provider.address_missing"),
    ],
)
def test_what_reaches_nobody_is_refused(community, address, phone, code):
    with pytest.raises(Refusal) as refused:
        change_contact(provider=community, address=address, phone=phone, at=AT, by="manager")
    assert refused.value.code == code
