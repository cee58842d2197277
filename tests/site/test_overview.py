"""What an organizer sees first: his own conferences with their seats."""

from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from conference_site.overview import SeatTypeFigures, overview
from payments import refund_results
from payments import services as payments
from payments.cases import open_case
from payments.models import Case
from tests.factories import conferences as make
from tests.factories.payments import NOW, paid

DAY = date(2030, 1, 7)


@pytest.mark.django_db
def test_overview_shows_published_conferences_ahead_of_one_s_own() -> None:
    contoso, fabrikam = make.organization(), make.organization("fabrikam")
    own = make.published(contoso)
    make.seat_type(own, name="Workshop", quota=4)
    make.conference(contoso, slug="unpublished")
    make.published(
        contoso,
        slug="past",
        starts_on=date(2029, 1, 1),
        ends_on=date(2030, 1, 6),
    )
    foreign = make.published(fabrikam, slug="foreign")
    shown = overview({contoso.pk}, today=DAY)
    assert [row.id for row in shown.conferences] == [own.pk]
    assert shown.conferences[0].seat_types == [
        SeatTypeFigures("General admission", quota=100, sold=0, held=0, oversold=0),
        SeatTypeFigures("Workshop", quota=4, sold=0, held=0, oversold=0),
    ]
    assert {row.id for row in overview(None, today=DAY).conferences} == {
        own.pk,
        foreign.pk,
    }
    assert overview(set(), today=DAY).conferences == []


@pytest.mark.parametrize(
    ("figures", "remaining", "percents"),
    [
        (SeatTypeFigures("A", quota=10, sold=3, held=2, oversold=0), 5, (30, 20)),
        (SeatTypeFigures("A", quota=0, sold=0, held=0, oversold=0), 0, (0, 0)),
        (SeatTypeFigures("A", quota=5, sold=8, held=2, oversold=5), -5, (80, 20)),
    ],
)
def test_bars_never_exceed_their_frame(
    figures: SeatTypeFigures, remaining: int, percents: tuple[int, int]
) -> None:
    assert figures.remaining == remaining
    assert (figures.sold_percent, figures.held_percent) == percents


@pytest.mark.django_db
def test_first_page_shows_the_figures_or_what_to_do(client: Client) -> None:
    contoso = make.organization()
    client.force_login(make.member(contoso))
    index = reverse("admin:index")
    assert "No published conference lies ahead." in client.get(index).content.decode()
    make.published(contoso, ends_on=date(2099, 1, 1))
    page = client.get(index).content.decode()
    assert '<th scope="row">General admission</th>' in page
    assert "CQRS summit" in page


@pytest.mark.django_db
def test_first_page_counts_what_waits_and_links_to_it(client: Client) -> None:
    contoso, fabrikam = make.organization(), make.organization("fabrikam")
    client.force_login(make.member(contoso))
    assert "to-do" not in client.get(reverse("admin:index")).content.decode()
    for organization in (contoso, fabrikam):
        payment = paid(provider="invoice", organization_id=organization.pk)
        payments.request_refund(
            payment_id=payment.pk, amount=Decimal(7), reason="organizer", now=NOW
        )
        failed = paid(organization_id=organization.pk)
        refund = payments.request_refund(
            payment_id=failed.pk, amount=None, reason="organizer", now=NOW
        )
        refund_results.record_failed(refund.pk, error="timeout", now=NOW)
    page = client.get(reverse("admin:index")).content.decode()
    cases = reverse("admin:payments_case_changelist")
    assert "2 cases need your attention." in page
    for query, words, count in (
        (cases, "2 cases need your attention.", 2),
        (f"{cases}?kind__exact=refund-by-hand", "A refund to be made by hand: 1", 1),
        (f"{cases}?kind__exact=refund-failed", "A refund failed: 1", 1),
    ):
        assert words in page
        assert f'href="{query}"' in page
        assert client.get(query).context["cl"].result_count == count


@pytest.mark.django_db
def test_a_closed_case_waits_for_nobody() -> None:
    contoso = make.organization()
    case = open_case(
        Case.Kind.UNKNOWN_PAYMENT, subject="x", now=NOW, organization_id=contoso.pk
    )
    assert overview({contoso.pk}, today=DAY).open_cases == 1
    payments.close_case(case.pk, by="organizer", note="", now=NOW)
    assert overview({contoso.pk}, today=DAY).open_cases == 0
