"""What the admin asks about a row, it asks nobody of another organization.

The addresses are taken from the site itself: a page that is added is tried as well.
"""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import NoReverseMatch, URLPattern, reverse

from payments import cases
from payments.models import BankStatement, BankTransfer, Case, Payment
from registrations.models import LedgerEntry, OrderView
from tests.factories import conferences as make
from tests.payments.bank.conftest import imported, invoiced
from tests.payments.bank.files import camt, paying
from tests.registrations.admin.conftest import (  # noqa: F401 its fixtures are used
    Foreign,
    browser,
    foreign,
    in_memory,
)
from tests.registrations.conftest import NOW

pytestmark = pytest.mark.django_db
# Tried by the tests of the lists and of the rows' own pages
STOCK = {"add", "autocomplete", "change", "changelist", "delete", "history"}
# Nobody's or everybody's: a way in, a list of words, a page for operators alone
WITHOUT_ROW = {"kinds", "import", "person", "password_change"}
NOT_ASKED = {"", *STOCK, *WITHOUT_ROW}


def view_name(pattern: URLPattern, model: Any) -> str:
    prefix = f"{model._meta.app_label}_{model._meta.model_name}_"
    return (pattern.name or "").removeprefix(prefix)


def questions() -> list[tuple[str, str]]:
    """Model and view of every page about one row that Django does not bring along."""
    return sorted(
        (model._meta.label_lower, name)
        for model, one in admin.site._registry.items()
        for pattern in one.get_urls()
        if (name := view_name(pattern, model)) not in NOT_ASKED
        and "<" in str(pattern.pattern)
        and model._meta.app_label not in {"auth", "eventstore"}
    )


def rows(foreign: Foreign) -> dict[str, Any]:  # noqa: F811 the fixture
    payment = Payment.objects.get(order_id=foreign.order.pk)
    organization = foreign.summit.organization_id
    invoiced("ABC234", organization_id=organization)
    [transfer] = imported(
        camt(paying("ABC234", "198.00")), organization_id=organization
    )
    return {
        "conferences.conference": foreign.summit.id,
        "payments.bankstatement": transfer.statement_id,
        "payments.banktransfer": transfer.pk,
        "payments.case": cases.about_payment(
            Case.Kind.REFUND_FAILED, payment, now=NOW, note="x"
        ).pk,
        "registrations.document": foreign.ids["document"],
        "registrations.ledgerentry": foreign.summit.id,
        "registrations.orderview": foreign.order.pk,
    }


def address(model: str, name: str, key: Any) -> str:
    view = f"admin:{model.replace('.', '_')}_{name}"
    try:
        return reverse(view, args=[key])
    except NoReverseMatch:
        invoice = Payment.objects.filter(provider="invoice")
        more = invoice.get().pk if name == "assign" else 1
        return reverse(view, args=[key, more])


def state() -> list[Any]:
    """What a question that was answered would have changed."""
    return [
        list(model.objects.order_by("pk").values())
        for model in (
            BankStatement,
            BankTransfer,
            Case,
            LedgerEntry,
            OrderView,
            Payment,
        )
    ]


@pytest.fixture
def theirs(foreign: Foreign) -> dict[str, Any]:  # noqa: F811 the fixture
    return rows(foreign)


@pytest.fixture(params=["owner", "organizer", "viewer"])
def stranger(request: pytest.FixtureRequest) -> Client:
    return browser(make.member(make.organization("contoso"), request.param))


ANSWER = {"note": "x", "return-note": "x", "way": "accept", "refund": "0", "amount": 1}


def answers(client: Client, page: str) -> Iterator[Any]:
    yield client.get(page)
    yield client.get(f"{page}?all=1")
    yield client.post(page, ANSWER | {"positions": "all"})


def test_every_kind_of_question_is_tried(theirs: dict[str, Any]) -> None:
    assert {model for model, _name in questions()} == set(theirs)
    assert len(questions()) > 15


def test_question_about_a_row_of_others_does_not_exist(
    stranger: Client, theirs: dict[str, Any]
) -> None:
    before = state()
    met = {
        (model, name, answer.status_code)
        for model, name in questions()
        for answer in answers(stranger, address(model, name, theirs[model]))
    }
    # 405: this one is only posted, and was posted as well.
    assert {one for one in met if one[2] not in {404, 405}} == set()
    assert {(model, name) for model, name, code in met if code == 404} == set(
        questions()
    )
    assert state() == before


def test_control_an_administrator_is_asked(theirs: dict[str, Any]) -> None:
    """Without the filter the walk would find something: it is able to fail."""
    administrator = browser(make.superuser())
    for model, name in questions():
        answer = administrator.get(address(model, name, theirs[model]))
        list(answer)  # A file is closed once it was read.
        # The order's history does not begin with the first event of the site.
        if name != "then":
            assert answer.status_code in {200, 302, 405}, (model, name)
