"""Many at the door at once; two people over one record, each with a browser of their own."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from shouwang.accounts.audit_chain import verify
from shouwang.accounts.models import AuditEvent, User
from shouwang.registry.models import Household
from tests.accounts.conftest import PASSWORD, Person
from tests.casework.racing import race
from tests.registry.conftest import member
from tests.web.conftest import Enter

CROWD = 150
#: Passwords are hashed slowly on purpose; here it is the sessions, the trail and the locks that are tried.
QUICK = "django.contrib.auth.hashers.MD5PasswordHasher"


@pytest.mark.django_db(transaction=True)
def test_150_log_in_at_once(person: Person, settings: Any) -> None:
    """OpenCRVS #12881: 150 simultaneous log-ins exhausted two services. Here each gets in, each once, all on record."""
    people = [person(f"cadre{n}") for n in range(CROWD)]
    settings.PASSWORD_HASHERS = [QUICK]  # not before: the hash of these people's password is kept for all tests
    User.objects.filter(pk__in=[one.pk for one in people]).update(password=make_password(PASSWORD))
    before = AuditEvent.objects.filter(verb="session.begun").count()
    answers = [0] * CROWD

    def enter_by_the_door(place: int) -> None:
        form = {"username": people[place].username, "password": PASSWORD}
        answers[place] = Client(REMOTE_ADDR=f"10.0.0.{place}").post(reverse("accounts:login"), form).status_code

    assert race(enter_by_the_door, CROWD) == [None] * CROWD
    assert answers == [302] * CROWD
    assert AuditEvent.objects.filter(verb="session.begun").count() - before == CROWD
    assert User.objects.filter(pk__in=[one.pk for one in people], session_key="").count() == 0
    assert verify().intact


@pytest.mark.django_db
def test_two_browsers_on_one_field(enter: Enter, office: User, secretary: User, family: Household) -> None:
    """Primero #508: the same field on two phones, the last one silently won. Here the second is told who was first."""
    who = member(family, "王小红")
    address = reverse("web:household_act", args=[family.uuid, "relation", who.person.uuid])
    pages = [enter(one).open(address) for one in (secretary, office)]
    for page, relation in zip(pages, ("之孙女", "之侄女"), strict=True):
        page.fill("[name=reason]", "登记有误")
        page.select_option("select[name=relation]", relation)
    pages[0].click("main form button[type=submit]")
    pages[0].wait_for_url(f"**{reverse('web:household', args=[family.uuid])}**")
    pages[1].click("main form button[type=submit]")
    pages[1].wait_for_selector("text=别人先办了一步")
    assert "secretary于" in pages[1].inner_text("main")
    assert pages[1].input_value("select[name=relation]") == "之侄女", "填的还在"
    assert member(family, "王小红").relation == "之孙女"
