"""What amounts may look like, by currency, in its smallest unit at Stripe."""

from tests.stand_ins.stripe.errors import ApiError

THREE_DECIMALS = {"bhd", "jod", "kwd", "omr", "tnd"}
# Without cents by now, but the API goes on counting hundredths that are always 00.
WHOLE_UNITS_IN_HUNDREDTHS = {"isk", "ugx"}
TOO_MUCH = 99_999_999
TOO_LITTLE = {"usd": 50, "eur": 50, "gbp": 30, "jpy": 50}


def check(amount: int, currency: str, *, param: str) -> None:
    if currency != currency.lower() or len(currency) != 3:
        raise ApiError(f"Invalid currency: {currency}.", param="currency")
    if amount <= 0:
        raise ApiError(
            "This value must be greater than or equal to 1.",
            code="parameter_invalid_integer",
            param=param,
        )
    if amount > TOO_MUCH:
        raise ApiError(
            "Amount must be no more than 99999999.",
            code="amount_too_large",
            param=param,
        )
    if currency in THREE_DECIMALS and amount % 10:
        raise ApiError("The amount's last digit must be 0.", param=param)
    if currency in WHOLE_UNITS_IN_HUNDREDTHS and amount % 100:
        raise ApiError("The amount's last two digits must be 00.", param=param)


def check_minimum(amount: int, currency: str) -> None:
    if amount < TOO_LITTLE.get(currency, 1):
        raise ApiError(
            "The Checkout Session's total amount due must be larger.",
            code="amount_too_small",
        )
