"""What needs attention: the list, each case's page with its story, and the steps."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.admin.models import LogEntry
from django.test import Client
from django.urls import reverse

from payments import callbacks, cases, disputes, refund_results, services
from payments.admin.case_words import WORDS
from payments.gateways.base import CallbackFact, CallbackRefused, Outcome
from payments.models import Case, Payment, Refund
from registrations.commands import order as orders
from registrations.commands import payment as money
from registrations.models import OrderView
from tests.registrations.admin.pages import read, said, text
from tests.registrations.conftest import NOW, Summit, pay, reload

pytestmark = pytest.mark.django_db
LIST = "/admin/payments/case/"
Kind = Case.Kind


def page(case: Case) -> str:
    return reverse("admin:payments_case_change", args=[case.pk])


def do(client: Client, name: str, case: Case, **form: str) -> Any:
    address = reverse(f"admin:payments_case_{name}", args=[case.pk])
    return client.post(address, form, follow=True)


def offered(client: Client, case: Case) -> list[str]:
    html = client.get(page(case)).content.decode()
    return re.findall(r'<a class="button" href="\.\./([a-z-]+)/">', html)


def fact(payment: Payment, outcome: Outcome, **said: Any) -> CallbackFact:
    values: dict[str, Any] = {
        "event_id": f"evt-{outcome}",
        "payment_id": payment.pk,
        "order_id": payment.order_id,
        "outcome": outcome,
        "amount": payment.amount,
        "currency": payment.currency,
    }
    return CallbackFact(**values | said)


@pytest.fixture
def disputed(summit: Summit) -> Case:
    order = summit.confirmed((summit.general, 1))
    (payment,) = services.payments_of(order.pk)
    opened = fact(payment, Outcome.DISPUTED, part_reference="dp_1", reason="fraudulent")
    disputes.take(opened, now=NOW)
    return Case.objects.get(kind=Kind.DISPUTED)


@pytest.fixture
def late(needs_attention) -> tuple[OrderView, Case, Case]:
    """An order, the case of its late payment and that of the refund that failed."""
    _summit, order = needs_attention()
    of_kind = {case.kind: case for case in Case.objects.all()}
    assert set(of_kind) == {Kind.LATE, Kind.REFUND_FAILED}
    return order, of_kind[Kind.LATE], of_kind[Kind.REFUND_FAILED]


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


# The steps


def test_steps_of_a_dispute(organizer, disputed):
    assert offered(organizer, disputed) == [
        "cancel-without-refund",
        "ask-again",
        "seen",
    ]


def test_steps_are_offered_where_they_apply(organizer, viewer, late):
    _order, of_payment, of_refund = late
    steps = ["confirm-over-quota", "retry-refund", "settle-by-hand"]
    assert offered(organizer, of_payment) == [*steps, "seen"]
    assert offered(organizer, of_refund) == [*steps, "ask-again"]
    for case in (of_payment, of_refund):
        assert offered(viewer, case) == []
        assert do(viewer, "seen", case, note="x").status_code == 403
        services.close_case(case.pk, by="x", note="", now=NOW)
        assert offered(organizer, case) == []


def test_asking_does_nothing(organizer, disputed):
    for name in ("seen", "cancel-without-refund", "ask-again"):
        address = reverse(f"admin:payments_case_{name}", args=[disputed.pk])
        assert organizer.get(address).status_code == 200
    disputed.refresh_from_db()
    assert disputed.is_open


def test_a_decision_wants_a_note_and_counts_once(organizer, disputed):
    answer = do(organizer, "seen", disputed, note=" ")
    assert "This field is required." in answer.content.decode()
    first = do(organizer, "seen", disputed, note="Sent the ticket list.")
    again = do(organizer, "seen", disputed, note="Second click.")
    assert said(first) == ["The case is closed."]
    assert said(again) == ["This case is closed already."]
    disputed.refresh_from_db()
    assert (disputed.closed_by, disputed.closing_note) == (
        "organizer-contoso",
        "Sent the ticket list.",
    )
    entry = LogEntry.objects.get()
    assert (entry.object_id, entry.change_message) == (
        str(disputed.pk),
        "Mark as seen",
    )


def test_a_late_payment_is_marked_as_seen_without_a_note(organizer, late):
    _order, of_payment, _of_refund = late
    assert said(do(organizer, "seen", of_payment)) == ["The case is closed."]


def test_retrying_settles_the_order_too_and_happens_once(organizer, late):
    order, _of_payment, of_refund = late
    assert said(do(organizer, "retry-refund", of_refund)) == [
        "The refund is tried again."
    ]
    assert said(do(organizer, "retry-refund", of_refund)) == [
        "This case is closed already."
    ]
    assert reload(order).attention == ""
    assert Refund.objects.get().status == "requested"
    refund_results.record_failed(Refund.objects.get().pk, error="Again.", now=NOW)
    assert reload(order).attention_note == "Again."
    of_refund.refresh_from_db()
    assert of_refund.is_open


def test_settling_at_the_case_settles_the_order(organizer, late):
    order, _of_payment, of_refund = late
    answer = do(organizer, "settle-by-hand", of_refund, note="By bank transfer.")
    assert said(answer) == ["The refund is settled."]
    assert reload(order).attention == ""
    refund = Refund.objects.get()
    assert (refund.status, refund.settled_by, refund.note) == (
        "done",
        "organizer-contoso",
        "By bank transfer.",
    )


def test_settling_at_the_order_closes_the_case(late):
    order, _of_payment, of_refund = late
    money.settle_by_hand(order_id=order.pk, by="organizer", note="Sent.", now=NOW)
    of_refund.refresh_from_db()
    assert (of_refund.closed_by, of_refund.closing_note) == ("organizer", "Sent.")


@pytest.mark.parametrize("which", [1, 2])
def test_confirming_over_the_quota_ends_both_cases(organizer, late, which):
    order, case = late[0], late[which]
    answer = do(organizer, "confirm-over-quota", case)
    assert said(answer) == ["The order is confirmed."]
    assert reload(order).status == "confirmed"
    assert not Case.objects.filter(closed_at__isnull=True).exists()
    again = do(organizer, "confirm-over-quota", case)
    assert said(again) == ["This case is closed already."]


def test_money_of_a_failed_refund_is_kept_while_the_seats_are(organizer, summit):
    order = summit.confirmed((summit.general, 1))
    (payment,) = services.payments_of(order.pk)
    refund = services.request_refund(
        payment_id=payment.pk, amount=Decimal(9), reason="organizer", now=NOW
    )
    refund_results.record_failed(refund.pk, error="No.", now=NOW)
    case = Case.objects.get()
    assert "keep-money" in offered(organizer, case)
    assert said(do(organizer, "keep-money", case)) == [
        "The refund is withdrawn and the money kept."
    ]
    refund.refresh_from_db()
    assert (refund.status, reload(order).attention) == ("withdrawn", "")


def test_money_is_not_kept_without_seats(organizer, late):
    _order, _of_payment, of_refund = late
    assert "keep-money" not in offered(organizer, of_refund)
    answer = do(organizer, "keep-money", of_refund)
    assert said(answer) == ["There is nothing to do of this kind (any more)."]
    assert Refund.objects.get().status == "failed"


def test_a_disputed_order_is_cancelled_without_a_refund(organizer, disputed):
    order = OrderView.objects.get(pk=disputed.order_id)
    answer = do(organizer, "cancel-without-refund", disputed, note="No objection.")
    assert said(answer) == ["The order is cancelled. Nothing is refunded."]
    assert reload(order).status == "cancelled"
    assert not Refund.objects.exists()
    do(organizer, "cancel-without-refund", disputed, note="Second click.")
    assert not Refund.objects.exists()


def test_what_a_dispute_held_up_is_given_back_once(organizer, disputed):
    payment = disputed.payment
    orders.cancel_order(order_id=payment.order_id, by="registrant", now=NOW)
    held_up = Case.objects.get(kind=Kind.REFUND_DISPUTED)
    assert offered(organizer, held_up) == ["seen"]
    won = fact(payment, Outcome.DISPUTE_WON, part_reference="dp_1")
    disputes.take(won, now=NOW)
    assert offered(organizer, held_up) == ["give-back", "seen"]
    much = do(organizer, "give-back", held_up, amount="1000", note="Won.")
    assert "That is more than what is left." in much.content.decode()
    for _click in range(2):
        do(organizer, "give-back", held_up, amount="199.00", note="Won.")
    assert [refund.amount for refund in Refund.objects.all()] == [Decimal(199)]
    assert reload(OrderView.objects.get(pk=payment.order_id)).attention == ""


def test_the_provider_is_asked_again(organizer, summit):
    payment = pay(summit.ready((summit.general, 1)).pk)
    case = cases.about_payment(Kind.REJECTED_AFTER_PAYMENT, payment, now=NOW)
    answer = do(organizer, "ask-again", case)
    assert said(answer) == [
        "The provider was asked: the answer stands in the story below."
    ]
    payment.refresh_from_db()
    assert payment.looked_up_at is not None


def test_control_each_need_of_an_order_has_a_case(late):
    order, _of_payment, of_refund = late
    view = reload(order)
    assert (view.attention, view.attention_payment_id) == (
        of_refund.kind,
        of_refund.payment_id,
    )
