"""What can go wrong in payments; most errors live where they are raised."""


class PaymentError(Exception):
    """Something payments refuse; `code` is for machines, the text is a sentence."""

    code = "payment-error"


class PaymentNotFound(PaymentError):
    """No payment has this id."""

    code = "payment-not-found"


class NotWanted(PaymentError):
    """What is to be paid for has changed: the money would only be sent back."""

    code = "payment-not-wanted"
