"""What an organizer sees first: his own conferences with their seats."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from conference_site.overview import SeatTypeFigures, overview
from tests.factories import conferences as make

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
