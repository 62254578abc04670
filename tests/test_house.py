"""What holds for the whole house."""

from __future__ import annotations

import pytest
from django.contrib.contenttypes.models import ContentType


@pytest.mark.django_db
def test_unordered_querysets_come_back_in_an_order_of_chance():
    orders = {tuple(ContentType.objects.values_list("pk", flat=True).order_by()) for _ in range(30)}
    assert len(orders) > 20


def test_a_test_that_commits_has_a_database_of_its_own(own_database):
    ContentType.objects.create(app_label="own", model="row")
    assert ContentType.objects.filter(app_label="own").count() == 1
