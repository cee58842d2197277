"""The account that invoices are paid to: checked, kept bare, shown in fours."""

from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from conferences import services
from conferences.conference_file.writing import as_content
from conferences.models import Conference
from tests.conferences.admin.forms import errors_in, submit
from tests.conferences.conftest import Heard
from tests.factories import conferences as make

pytestmark = pytest.mark.django_db

IBAN = "DE89370400440532013000"


@pytest.fixture
def organizer() -> Client:
    client = Client()
    client.force_login(make.member(make.organization()))
    return client


def change(conference: Conference) -> str:
    return reverse("admin:conferences_conference_change", args=[conference.pk])


def test_account_is_kept_without_spaces_and_in_capitals() -> None:
    made = make.conference(
        account_holder="Contoso", iban="de89 3704 0044 0532 0130 00", bic="cobadeff xxx"
    )
    made.refresh_from_db()
    assert (made.iban, made.bic) == (IBAN, "COBADEFFXXX")


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"iban": "DE88370400440532013000"}, "iban"),
        ({"iban": IBAN[:-1]}, "iban"),
        ({"iban": "XX89370400440532013000"}, "iban"),
        ({"iban": "hello"}, "iban"),
        ({"iban": IBAN, "bic": "COBADE"}, "bic"),
        ({"iban": IBAN, "bic": "C0BADEFF"}, "bic"),
        ({"iban": IBAN, "account_holder": ""}, "account_holder"),
        ({"iban": "", "bic": "COBADEFF"}, "iban"),
        ({"iban": IBAN, "account_holder": "x" * 71}, "account_holder"),
    ],
)
def test_what_cannot_be_an_account_is_refused(
    fields: dict[str, Any], wrong: str
) -> None:
    with pytest.raises(ValidationError) as refused:
        make.conference(**{"account_holder": "Contoso"} | fields)
    assert next(iter(refused.value.message_dict)) == wrong


@pytest.mark.parametrize(
    "fields", [{"iban": IBAN}, {"account_holder": "Contoso", "bic": "COBADEFF"}]
)
def test_the_database_refuses_half_an_account(fields: dict[str, str]) -> None:
    made = make.conference()
    with pytest.raises(IntegrityError), transaction.atomic():
        Conference.objects.filter(pk=made.pk).update(**fields)


def test_account_is_announced(heard: Heard) -> None:
    made = make.conference()
    heard.clear()
    account = {"account_holder": "Contoso", "iban": IBAN, "bic": ""}
    services.update_conference(conference_id=made.pk, changes=account)
    services.update_conference(conference_id=made.pk, changes=account)
    [(name, values)] = heard
    assert name == "conference_updated"
    assert {key: values[key] for key in account} == account


def test_organizer_types_it_as_it_is_printed(organizer: Client, heard: Heard) -> None:
    made = make.published()
    printed = "DE89 3704 0044 0532 0130 00"
    account = {"account_holder": "Contoso", "iban": printed, "bic": "COBADEFFXXX"}
    assert submit(organizer, change(made), **account).status_code == 302
    made.refresh_from_db()
    assert made.iban == IBAN
    assert printed in organizer.get(change(made)).content.decode()
    # Saved again as it is shown, nothing changes.
    heard.clear()
    submit(organizer, change(made))
    assert heard == []
    wrong = submit(organizer, change(made), iban="DE88 3704 0044 0532 0130 00")
    assert "is no IBAN" in str(errors_in(wrong))


def test_account_is_part_of_the_conferences_file() -> None:
    made = make.conference(account_holder="Contoso", iban=IBAN)
    content = as_content(made)["conference"]
    assert (content["account_holder"], content["iban"]) == ("Contoso", IBAN)
    assert "bic" not in content
