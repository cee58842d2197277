"""What each kind of case means and what there is to do, as its page says it.

`docs/attention.md` says the same at more length; a test holds the two together.
"""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from payments.models import Case

Kind = Case.Kind


@dataclass(frozen=True, slots=True)
class Words:
    happened: Any
    to_do: Any


WORDS = {
    Kind.LATE: Words(
        _(
            "The money came after the time for it had ended, and the seats were sold"
            " to others by then. All of it goes back to the payer by itself."
        ),
        _(
            "Nothing, while the refund goes its way. If it failed, try it again, pay"
            " it yourself, or make room and confirm the order over the quota."
        ),
    ),
    Kind.PAID_TWICE: Words(
        _(
            "The order was paid already when this payment came. All of it goes back"
            " to the payer by itself; the order keeps its seats."
        ),
        _("Nothing, while the refund goes its way."),
    ),
    Kind.AMOUNT_MISMATCH: Words(
        _(
            "More or less came than the order costs, or than was asked for. Money"
            " that does not fit the order goes back to the payer by itself and does"
            " not confirm it, unless somebody accepted it as it is."
        ),
        _(
            "Compare what was asked for with what came. If the order was changed"
            " while it was being paid, the registrant can pay again."
        ),
    ),
    Kind.CURRENCY_MISMATCH: Words(
        _(
            "The provider says that the payment was made in another currency than it"
            " was asked for in. Its message had no effect: the order is not confirmed."
        ),
        _(
            "Look the payment up at the provider. If the money is there, give it back"
            " there and tell the registrant; then ask the provider again."
        ),
    ),
    Kind.ORDER_MISMATCH: Words(
        _(
            "The provider says that this payment belongs to another order than ours"
            " does. Its message had no effect."
        ),
        _(
            "Look at the provider's account: perhaps another site uses the same"
            " account. Give money back there that is not meant for you."
        ),
    ),
    Kind.UNKNOWN_PAYMENT: Words(
        _(
            "The provider told of a payment that this site has not started. It had no"
            " effect. Should the payment become known, the message is applied then."
        ),
        _(
            "Look the payment up at the provider: perhaps another site uses the same"
            " account, or a backup was restored."
        ),
    ),
    Kind.NOT_NEEDED: Words(
        _(
            "The order had been cancelled when this payment came. All of it goes back"
            " to the payer by itself."
        ),
        _("Nothing, while the refund goes its way."),
    ),
    Kind.REJECTED_AFTER_PAYMENT: Words(
        _(
            "The provider told that the payment had succeeded, and later that it had"
            " failed. The order keeps its seats until somebody decides."
        ),
        _(
            "Look at the provider's account whether the money is there. If it is not,"
            " cancel the order, or ask the registrant to pay again."
        ),
    ),
    Kind.DISPUTED: Words(
        _(
            "The payer objected at the bank, which took the money back for now. What"
            " is disputed cannot be refunded here as well."
        ),
        _(
            "Answer the dispute at the provider before its deadline. If you do not"
            " object, cancel the order: its seats go back on sale."
        ),
    ),
    Kind.REFUND_FAILED: Words(
        _("Money should go back to the payer, and the provider does not do it."),
        _(
            "Read what the provider said. Try the refund again; if that is refused as"
            " well, pay the money yourself and settle the refund by hand."
        ),
    ),
    Kind.REFUND_BY_HAND: Words(
        _("Money should go back to the payer, and nobody but you can pay it."),
        _("Pay it, then settle the refund with a note on how you did it."),
    ),
    Kind.REFUND_DISPUTED: Words(
        _(
            "The order was cancelled while the payer's bank had the money back, so"
            " that not all of it could be refunded."
        ),
        _(
            "Wait for the end of the dispute. If you win it, give the rest back; if you"
            " lose it, the payer has the money already."
        ),
    ),
    Kind.REFUND_TWICE: Words(
        _(
            "Money went back by the provider after a refund had been settled"
            " otherwise: perhaps the payer has it twice, or the order keeps seats for"
            " money that is gone."
        ),
        _("Compare with the provider's account and talk to the payer."),
    ),
    Kind.UNMATCHED_TRANSFER: Words(
        _("A bank transfer came in, and it is not clear which order it is for."),
        _("Open the transfer: it lists what it may be for and what you can do."),
    ),
}
