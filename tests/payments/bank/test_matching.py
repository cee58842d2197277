"""Only what fits in code, amount and currency and fits nothing else is a match."""

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from uuid_utils.compat import uuid7

from payments.bank.codes import ALPHABET
from payments.bank.entries import StatementEntry
from payments.bank.matching import (
    Book,
    Invoice,
    Outcome,
    Reason,
    State,
    Trouble,
    Verdict,
    verdict,
)
from payments.bank.names import Directory, Person


def invoice(code: str = "ABC234", amount: str = "199.00", **changes: Any) -> Invoice:
    values: dict[str, Any] = {
        "payment_id": uuid7(),
        "order_id": uuid7(),
        "code": code,
        "amount": Decimal(amount),
        "currency": "EUR",
        "state": State.OPEN,
    }
    return Invoice(**values | changes)


def came(purpose: str = "", amount: str = "199.00", **changes: Any) -> StatementEntry:
    values: dict[str, Any] = {
        "account": "",
        "booked_on": date(2030, 5, 2),
        "amount": Decimal(amount),
        "currency": "EUR",
        "purpose": purpose,
    }
    return StatementEntry(**values | changes)


def judged(entry: StatementEntry, *invoices: Invoice, **people: Any) -> Verdict:
    return verdict(entry, Book(invoices, **people))


def test_code_amount_and_currency_are_a_match():
    mine, other = invoice(), invoice("XYZ789")
    found = judged(came("for abc 234"), mine, other)
    assert (found.outcome, found.match) == (Outcome.MATCHED, mine)


def test_code_may_stand_in_the_payers_reference():
    mine = invoice()
    assert judged(came(end_to_end="ABC234"), mine).match == mine


def test_money_for_an_invoice_that_was_given_up_is_a_match():
    """The order decides what becomes of it, as of every late payment."""
    late = invoice(state=State.GIVEN_UP)
    assert judged(came("ABC234"), late).match == late


def test_the_open_one_of_an_order_goes_before_the_one_given_up():
    order_id = uuid7()
    given_up = invoice(order_id=order_id, state=State.GIVEN_UP)
    open_one = invoice(order_id=order_id)
    assert judged(came("ABC234"), given_up, open_one).match == open_one


@pytest.mark.parametrize(
    ("entry", "trouble", "reason"),
    [
        (came("ABC234", "198.99"), Trouble.LESS, Reason.LESS),
        (came("ABC234", "199.01"), Trouble.MORE, Reason.MORE),
        (came("ABC234", currency="USD"), Trouble.CURRENCY, Reason.CURRENCY),
        (came("ABD234"), Trouble.CODE_SLIP, Reason.AMOUNT),
        (came("BAC234"), Trouble.CODE_SLIP, Reason.AMOUNT),
        (came("ABC23"), Trouble.CODE_SLIP, Reason.AMOUNT),
        (came("ORDERABC234"), Trouble.CODE_SLIP, Reason.AMOUNT),
    ],
)
def test_what_almost_fits_is_a_near_miss(entry, trouble, reason):
    mine = invoice()
    found = judged(entry, mine)
    assert (found.outcome, found.trouble) == (Outcome.NEAR_MISS, trouble)
    assert found.match is None
    assert [one.invoice for one in found.findings] == [mine]
    assert reason in found.findings[0].reasons


def test_two_orders_of_one_code_and_amount_are_for_a_human():
    """Codes are unique within a conference only."""
    found = judged(came("ABC234"), invoice(), invoice())
    assert (found.outcome, found.trouble) == (Outcome.NEAR_MISS, Trouble.SEVERAL)
    assert len(found.findings) == 2


def test_a_paid_order_of_the_same_code_and_amount_makes_it_unsure():
    paid = invoice(state=State.PAID_BY_TRANSFER)
    found = judged(came("ABC234"), invoice(), paid)
    assert (found.outcome, found.trouble) == (Outcome.NEAR_MISS, Trouble.SEVERAL)


def test_the_amount_tells_two_orders_of_one_code_apart():
    mine = invoice()
    assert judged(came("ABC234"), mine, invoice(amount="50.00")).match == mine


def test_two_readings_of_a_misread_code_are_for_a_human():
    found = judged(came("AOC234"), invoice("AQC234"), invoice("ADC234"))
    assert found.trouble is Trouble.SEVERAL


def test_second_transfer_for_an_order_is_a_duplicate():
    found = judged(came("ABC234"), invoice(state=State.PAID_BY_TRANSFER))
    assert (found.outcome, found.trouble) == (Outcome.DUPLICATE, Trouble.DUPLICATE)


def test_what_was_marked_paid_by_hand_may_be_this_money():
    found = judged(came("ABC234"), invoice(state=State.MARKED_PAID))
    assert (found.outcome, found.trouble) == (Outcome.NEAR_MISS, Trouble.MARKED_PAID)


@pytest.mark.parametrize(
    "entry",
    [came("ABC234", is_reversal=True), came("ABC234", "-199.00", is_reversal=True)],
)
def test_what_was_reversed_never_pays(entry):
    found = judged(entry, invoice())
    assert (found.outcome, found.trouble) == (Outcome.NEAR_MISS, Trouble.REVERSED)


def test_name_and_amount_are_a_hint_where_they_fit_one():
    mine, other = invoice(), invoice("XYZ789")
    people = {
        mine.order_id: Person("Jürgen Groß", "juergen@example.org"),
        other.order_id: Person("Registrant Two", "two@example.org"),
    }

    def names(asked: set[UUID]) -> dict[UUID, Person]:
        return {order_id: people[order_id] for order_id in asked}

    for entry in (
        came(payer_name="GROSS, JUERGEN DR."),
        came(payer_name="Jurgen Groß"),
        came("ticket of Juergen@Example.org"),
    ):
        found = judged(entry, mine, other, names=names)
        assert (found.outcome, found.trouble) == (Outcome.NEAR_MISS, Trouble.NO_CODE)
        assert [one.invoice for one in found.findings] == [mine]
    found = judged(came(payer_name="Jürgen Klein"), mine, other, names=names)
    assert (found.outcome, found.trouble) == (Outcome.UNMATCHED, Trouble.UNKNOWN)


def test_two_orders_of_one_name_and_amount_are_both_shown():
    both = [invoice(), invoice("XYZ789")]

    def names(asked: set[UUID]) -> dict[UUID, Person]:
        return dict.fromkeys(asked, Person("Registrant One"))

    found = judged(came(payer_name="Registrant One"), *both, names=names)
    assert (found.outcome, found.trouble) == (Outcome.NEAR_MISS, Trouble.SEVERAL)
    assert len(found.findings) == 2


def test_another_amount_for_an_order_that_is_paid_is_no_first_payment():
    found = judged(came("ABC234", "50.00"), invoice(state=State.PAID_BY_TRANSFER))
    assert (found.outcome, found.trouble) == (Outcome.NEAR_MISS, Trouble.DUPLICATE)


def test_one_name_alone_is_nobody():
    directory = Directory()
    directory.add(uuid7(), Person("Jürgen"))
    assert directory.named_in("Jürgen Groß") == set()


def test_names_are_asked_for_once():
    asked = []

    def names(order_ids: set[UUID]) -> dict[UUID, Person]:
        asked.append(order_ids)
        return {}

    book = Book([invoice()], names)
    for _ in range(3):
        verdict(came("nothing"), book)
    assert len(asked) == 1


def test_a_book_goes_with_what_happens():
    mine = invoice()
    book = Book([mine])
    book.keep(Invoice(**vars_of(mine) | {"state": State.PAID_BY_TRANSFER}))
    assert verdict(came("ABC234"), book).outcome is Outcome.DUPLICATE
    assert not book.payable[mine.amount, mine.currency]


def vars_of(one: Invoice) -> dict[str, Any]:
    return {name: getattr(one, name) for name in one.__dataclass_fields__}


CODES = st.text(alphabet=sorted(ALPHABET), min_size=6, max_size=6)
CENTS = st.integers(1, 500).map(lambda units: Decimal(units) / 100)
INVOICES = st.lists(
    st.builds(
        invoice,
        st.sampled_from(["ABC234", "ABD234", "BAC234", "AQC234", "ADC234"]) | CODES,
        CENTS.map(str),
        currency=st.sampled_from(["EUR", "USD"]),
        state=st.sampled_from(State),
    ),
    max_size=8,
)


@given(
    invoices=INVOICES,
    said=st.lists(CODES | st.sampled_from(["ABC234", "AOC234", "A0C 234", "abc-234"])),
    amount=CENTS,
    is_reversal=st.booleans(),
)
def test_whatever_comes_a_match_fits_in_all_and_fits_one(
    invoices, said, amount, is_reversal
):
    entry = came(" ".join(said), str(amount), is_reversal=is_reversal)
    found = judged(entry, *invoices)
    if (match := found.match) is None:
        assert found.outcome is not Outcome.MATCHED
        return
    assert not is_reversal
    assert match in invoices
    assert match.state.is_payable
    assert (match.amount, match.currency) == (amount, "EUR")
    squeezed = entry.purpose.upper().replace("0", "O").replace(" ", "").replace("-", "")
    seen = {match.code, match.code.replace("Q", "O"), match.code.replace("D", "O")}
    assert any(code in squeezed for code in seen)
