"""Matching is pure and has words of its own: the rows know every one of them."""

from payments.admin.bank_candidates import REASONS
from payments.bank.matching import Outcome, Reason, Trouble
from payments.models import BankTransfer


def test_every_outcome_is_a_status():
    assert {outcome.value for outcome in Outcome} == {
        BankTransfer.Status.MATCHED,
        *BankTransfer.TO_DECIDE,
    }


def test_every_trouble_has_words():
    assert [trouble.value for trouble in Trouble] == BankTransfer.Trouble.values


def test_every_reason_has_words():
    assert set(REASONS) == set(Reason)
