"""What needs attention: the list, and each case's page with its story."""

from pathlib import Path

import pytest
from django.conf import settings
from django.urls import reverse

from payments import callbacks, cases, services
from payments.admin.case_words import WORDS
from payments.gateways.base import CallbackRefused, Outcome
from payments.models import Case
from tests.factories.payments import fact
from tests.registrations.admin.attention import LIST, Kind, do, offered, page
from tests.registrations.admin.pages import read, text
from tests.registrations.conftest import NOW, pay

pytestmark = pytest.mark.django_db


# The list


def test_an_empty_list_says_so(organizer):
    assert "Nothing needs attention." in read(organizer, LIST)
    assert "No case is like that." in read(organizer, LIST, state="closed")


def test_the_list_shows_what_is_open_and_finds_it(organizer, late):
    order, of_payment, of_refund = late
    shown = read(organizer, LIST)
    assert "Paid after the seats were gone" in shown
    assert "The card is closed." in shown
    assert f"{order.code} $398.00" in shown
    services.close_case(of_payment.pk, by="organizer", note="", now=NOW)
    for query, found in (
        ({}, [of_refund]),
        ({"state": "closed"}, [of_payment]),
        ({"state": "all", "o": "1"}, [of_payment, of_refund]),
        ({"state": "nonsense"}, []),
        ({"kind__exact": "late"}, []),
        ({"q": order.code}, [of_refund]),
        ({"q": "nothing"}, []),
    ):
        rows = organizer.get(LIST, query).context["cl"].result_list
        assert sorted(rows, key=str) == sorted(found, key=str), query


def test_the_list_needs_as_many_queries_for_three_as_for_one(
    organizer, summit, django_assert_max_num_queries
):
    for number in range(3):
        paid = pay(summit.ready((summit.general, 1)).pk)
        cases.about_payment(Kind.LATE, paid, now=NOW)
        with django_assert_max_num_queries(9):
            rows = organizer.get(LIST).context["cl"].result_list
        assert len(rows) == number + 1


def test_others_learn_nothing(foreign, organizer, administrator):
    (payment,) = services.payments_of(foreign.order.pk)
    case = cases.about_payment(Kind.LATE, payment, now=NOW, note="Xcanaryx")
    nobodys = cases.open_case(Kind.UNKNOWN_PAYMENT, subject="Xcanaryx", now=NOW)
    for one in (case, nobodys):
        pages = [LIST, f"{LIST}?q=Xcanary", page(one)]
        pages += [page(one).replace("change", "history")]
        for address in pages:
            html = organizer.get(address, follow=True).content.decode()
            assert "Xcanaryx" not in html, address
        assert organizer.get(page(one)).status_code == 404
        for name in ("seen", "ask-again"):
            assert do(organizer, name, one, note="x").status_code == 404
        assert "Xcanaryx" in administrator.get(LIST).content.decode()
        assert administrator.get(page(one)).status_code == 200
    organizer.post(
        LIST,
        {"action": "see", "_selected_action": [str(case.pk)], "confirmed": "yes"},
    )
    assert Case.objects.filter(closed_at__isnull=True).count() == 2


def test_several_are_marked_as_seen_after_a_question(organizer, late):
    _order, of_payment, of_refund = late
    chosen = [str(of_payment.pk), str(of_refund.pk)]
    form = {"action": "see", "_selected_action": chosen}
    asked = text(organizer.post(LIST, form).content.decode())
    assert "No money moves by this." in asked
    assert "This one wants a decision: open it." in asked
    assert Case.objects.filter(closed_at__isnull=True).count() == 2
    answer = organizer.post(LIST, form | {"confirmed": "yes"}, follow=True)
    assert "This one wants a decision: open it." in answer.content.decode()
    of_payment.refresh_from_db()
    of_refund.refresh_from_db()
    assert (of_payment.is_open, of_refund.is_open) == (False, True)
    assert of_payment.closed_by == "organizer-contoso"


# The page


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_has_words_and_a_page(organizer, summit, kind):
    assert kind in WORDS
    payment = pay(summit.ready((summit.general, 1)).pk)
    case = cases.about_payment(kind, payment, now=NOW, note="What was noted")
    shown = read(organizer, page(case))
    assert str(WORDS[kind].happened) in shown
    assert "What was noted" in shown
    assert str(kind.label) in read(organizer, reverse("admin:payments_case_kinds"))


def test_the_story_is_told_in_one_line_of_time(organizer, late):
    order, of_payment, _of_refund = late
    payment = of_payment.payment
    body = '{"event": "evt-2", "card": "<b>4242</b>"}'
    other = fact(payment, Outcome.COMPLETED, currency="EUR")
    with pytest.raises(CallbackRefused):
        callbacks.apply_fact("sandbox", other, body=body, now=NOW)
    (refund,) = services.refunds_of(payment.pk)
    refund.provider_calls.create(
        payment=payment,
        provider="sandbox",
        operation="refund",
        key=str(refund.pk),
        answer="card_closed",
        outcome="refused",
        started_at=NOW,
        ended_at=NOW,
    )
    response = organizer.get(page(of_payment))
    moments = [entry.at for entry in response.context["story"]]
    assert moments == sorted(moments)
    shown = text(response.content.decode())
    for sentence in (
        "Paid after the seats were gone",
        f"Placed under the code {order.code}",
        "$398.00 by Sandbox was asked for.",
        "$398.00 came by Sandbox.",
        "It came late and the seats were gone",
        "Completed, €398.00",
        "Refused: currency-mismatch",
        "Ask for the refund",
        f"key {refund.pk}",
        "card_closed",
        "Needs attention, a refund failed: The card is closed.",
        "Refund failed",
    ):
        assert sentence in shown, sentence
    assert "&lt;b&gt;4242&lt;/b&gt;" in response.content.decode()
    (amounts,) = response.context["amounts"]
    assert (amounts.came, amounts.failed, amounts.left) == (398, 398, 0)


def test_a_message_of_an_unknown_payment_is_shown_to_superusers(administrator, summit):
    payment = pay(summit.ready((summit.general, 1)).pk)
    unknown = fact(payment, Outcome.COMPLETED, payment_id=summit.id, event_id="evt-9")
    with pytest.raises(CallbackRefused):
        callbacks.apply_fact("sandbox", unknown, body="Xbodyx", now=NOW)
    case = Case.objects.get(kind=Kind.UNKNOWN_PAYMENT)
    assert "Xbodyx" in read(administrator, page(case))
    assert offered(administrator, case) == ["seen"]


def test_the_runbook_has_each_kind_under_its_name():
    rows = Path(settings.BASE_DIR, "docs/attention.md").read_text().splitlines()
    told = [tuple(row.split(" | ")[:2]) for row in rows if row.startswith("| `")]
    assert sorted(told) == sorted((f"| `{k.value}`", str(k.label)) for k in Kind)
