"""Whoever gets money back reads why, whatever the reason."""

from decimal import Decimal

import pytest
from django.template.loader import render_to_string

from payments.reasons import REASONS
from registrations.queries.event_sentences import RETURNED_BECAUSE
from registrations.web.order_payments import SURPLUS

OF_ORGANIZERS = {"organizer", "provider"}
OTHERWISE = "The organizer gives this money back to you."


@pytest.mark.parametrize("reason", sorted(REASONS))
def test_each_reason_has_words_of_its_own_in_the_mail(reason: str) -> None:
    words = render_to_string("emails/_refund_reason.txt", {"reason": reason})
    assert (words == OTHERWISE) == (reason in OF_ORGANIZERS)


def test_no_two_reasons_share_their_words() -> None:
    words = [
        render_to_string("emails/_refund_reason.txt", {"reason": reason})
        for reason in REASONS.keys() - OF_ORGANIZERS
    ]
    assert len(set(words)) == len(words)


@pytest.mark.parametrize("reason", sorted(SURPLUS))
def test_each_surplus_has_words_on_the_page_and_in_the_history(reason: str) -> None:
    assert reason in RETURNED_BECAUSE
    back = {
        "is_surplus": True,
        "payment": {"currency": "USD"},
        "refund": {"reason": reason, "status": "done", "amount": Decimal(1)},
    }
    page = render_to_string("components/_surplus.html", {"returns": [back]})
    otherwise = "It arrived after it had been refused."
    assert (otherwise in page) == (reason == "paid-after-rejection")
