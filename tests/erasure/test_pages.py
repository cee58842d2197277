"""What the operator sees and does, and that nobody else can."""

import json
from typing import Any

import pytest
from django.test import Client

from eventstore.models import Erasure
from tests.erasure.dumps import dump, dump_but_documents, hits
from tests.erasure.town import ADDRESS, CANARIES, WORK_ADDRESS, Town
from tests.factories import conferences as make
from tests.registrations.web.browser import Browser

pytestmark = pytest.mark.django_db(transaction=True)
PERSON = "/admin/eventstore/erasure/person/"
BOTH = f"{ADDRESS} {WORK_ADDRESS.upper()}"


@pytest.fixture
def operator(town: Town) -> Browser:
    client = Client()
    client.force_login(town.operator)
    browser = Browser(client=client)
    browser.open("/admin/eventstore/erasure/")
    browser.open(PERSON)
    return browser


def test_operator_sees_what_is_held_and_downloads_it(town: Town, operator: Browser):
    page = operator.submit(addresses=BOTH, wish="show")
    assert "Show what is held" in page.text
    links = {link.attributes.get("href", "") for link in page.all("a")}
    for order in town.orders:
        assert f"/admin/registrations/orderview/{order}/change/" in links
    for held in (
        "Events 8",
        "Mails 5",
        "Messages of payment providers 3",
        "Entries of the admin log 1",
    ):
        assert held in page.text
    downloaded = operator.client.post(PERSON, {"addresses": BOTH, "wish": "export"})
    assert "attachment" in downloaded["Content-Disposition"]
    assert "no-store" in downloaded["Cache-Control"]
    assert hits(CANARIES, downloaded.content) == CANARIES


def test_operator_erases_by_typing_the_addresses_again(town: Town, operator: Browser):
    page = operator.submit(addresses=BOTH, again=ADDRESS, wish="erase")
    assert "These are not the addresses from above." in page.text
    assert hits(CANARIES, dump()) == CANARIES

    page = operator.submit(
        addresses=BOTH, again=f"{WORK_ADDRESS} {ADDRESS}", wish="erase"
    )
    erasure = Erasure.objects.get()
    assert page.url == f"/admin/eventstore/erasure/{erasure.pk}/change/"
    assert "Keys destroyed 4" in page.text
    assert "Carried out by operator" in page.text
    assert hits(CANARIES, page.source.encode()) == set()
    assert erasure.actor == f"user:{town.operator.pk}"
    download = operator.client.get(page.url.replace("change", "download"))
    assert download["Content-Disposition"].startswith("attachment")
    assert json.loads(download.content) == {
        "erasure": str(erasure.pk),
        **erasure.certificate,
    }
    assert hits(CANARIES, dump_but_documents()) == set()
    page = operator.open("/admin/eventstore/erasure/")
    assert str(erasure.pk) in page.text


def test_nobody_is_erased_where_it_cannot_be_written_down(
    town: Town, operator: Browser, settings: Any, tmp_path: Any
) -> None:
    (tmp_path / "a-file").touch()
    settings.EVENT_LEDGER = tmp_path / "a-file"
    page = operator.submit(addresses=BOTH, again=BOTH, wish="erase")
    assert "Nobody was erased, for it could not be written down" in page.text
    assert hits(CANARIES, dump()) == CANARIES


@pytest.mark.parametrize("typed", ["", "stranger@example.org"])
def test_operator_is_told_where_nothing_is_held(operator: Browser, typed: str):
    page = operator.submit(addresses=typed, wish="show")
    said = "This field is required" if not typed else "Nothing is held under these"
    assert said in page.text
    assert "Erase for ever" not in page.text
    page = operator.submit(addresses=typed, again=typed, wish="erase")
    assert page.url == PERSON
    assert not Erasure.objects.exists()


@pytest.mark.parametrize("role", ["", "owner", "organizer", "viewer", "staff"])
def test_nobody_else_may(db: None, role: str):
    client = Client()
    if role == "staff":
        user = make.member(make.organization())
        user.is_staff = True
        user.save()
        client.force_login(user)
    elif role:
        client.force_login(make.member(make.organization(), role))
    erasure = Erasure.objects.create(actor="operator", certificate={"signature": ""})
    base = "/admin/eventstore/erasure"
    for path in ("person/", f"{erasure.pk}/change/", f"{erasure.pk}/download/", ""):
        for answer in (
            client.get(f"{base}/{path}"),
            client.post(f"{base}/{path}", {"addresses": ADDRESS, "wish": "export"}),
        ):
            assert answer.status_code in {302, 403}
            assert answer.get("Location", "/admin/login").startswith("/admin/login")
