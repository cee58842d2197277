"""Finding one person in texts, and nobody else."""

import pytest

from registrations.letters import seat_key
from registrations.traces import ERASED, Traces

ORDER = "0199a000-0000-7000-8000-000000000001"
OTHER = "0199a000-0000-7000-8000-000000000002"
ANN = Traces(
    ["ann@example.org"],
    ["ann@example.org", "Ann", "O'Hara", "Zoë"],
    [f"order-{ORDER}", "availability-5"],
)


@pytest.mark.parametrize(
    "text",
    [
        "to ann@example.org.",
        "to ANN@EXAMPLE.ORG",
        "<ann@example.org>",
        "?mail=ann%40example.org&x",
        "first%0Aann%40example.org",
        r"first\nann@example.org",
        "{'to': ['ann@example.org']}",
        f"Ann paid {ORDER}",
        f"{ORDER.replace('-', '')}: O&#x27;Hara",
        f'{{"order": "{ORDER}", "name": "Zo\\u00eb"}}',
    ],
)
def test_their_texts_are_found_and_emptied(text: str) -> None:
    assert ANN.is_in(text)
    assert ERASED in ANN.without(text)
    assert not ANN.is_in(ANN.without(text))


@pytest.mark.parametrize(
    "text",
    [
        "joann@example.org",
        "mary.ann@example.org",
        "ann@example.org.uk",
        "ann@example.orgs",
        "Ann, somebody else",
        f"Ann of another order {OTHER}",
        f"Annual report, Ann-Marie, {ORDER}",
        f"the order {ORDER}",
        "",
    ],
)
def test_those_of_others_are_not(text: str) -> None:
    assert not ANN.is_in(text)
    assert ANN.without(text) == text


def test_name_counts_where_the_text_is_known_to_be_theirs() -> None:
    assert ANN.is_in("Ann", known_to_be_about=True)
    assert ANN.without("Dear Ann!", known_to_be_about=True) == f"Dear {ERASED}!"


def test_digest_of_their_address_gives_them_away_too() -> None:
    (order,) = ANN.orders
    assert ANN.is_in(seat_key(order, 3, "ann@example.org"))
    assert not ANN.is_in(seat_key(order, 3, "ben@example.org"))


def test_own_orders_and_those_where_they_only_sit() -> None:
    sits = Traces([], [], [f"seat-assignments-{ORDER}", f"order-{OTHER}"])
    assert {str(id) for id in sits.own_orders} == {OTHER}
    assert {str(id) for id in sits.orders} == {ORDER, OTHER}


def test_nobody_is_in_nothing() -> None:
    assert not Traces([], [], []).is_in("anything at all")
