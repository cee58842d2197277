"""Whatever is logged, nobody is named."""

import logging
import sys
from typing import Any

import pytest
from django.conf import settings
from django.db import IntegrityError, transaction

from conference_site.log_lines import LineFormatter
from registrations.models import OrderSeat
from tests.registrations.conftest import Summit, new_summit

SEALED = LineFormatter("{levelname} {message}", style="{")


def line(message: str, *arguments: object, error: Any = None) -> str:
    record = logging.LogRecord("x", 20, "x", 1, message, arguments, error)
    return SEALED.format(record)


def test_site_logs_that_way() -> None:
    logging_settings: Any = settings.LOGGING
    configured = logging_settings["formatters"]["line"]
    made = LineFormatter(configured["format"], style=configured["style"])

    assert configured["()"] == f"{LineFormatter.__module__}.{LineFormatter.__name__}"
    assert "INFO x hello" in made.format(
        logging.LogRecord("x", 20, "x", 1, "hello", (), None)
    )


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("to some.body+x@example.org, twice", "to (address), twice"),
        ("<somebody@example.org>", "<(address)>"),
        # Whoever reads the log could open the order.
        ("Unavailable: /orders/open/9f.Ab-_x/", "Unavailable: /orders/open/(secret)/"),
        ("GET /orders/open/9f.Ab-_x?a=1 HTTP", "GET /orders/open/(secret)?a=1 HTTP"),
        ("Invalid request from ip=203.0.113.9: Bad", "Invalid request from ip=: Bad"),
        ("{'somebody@example.org': (550, b'no')}", "{'(address)': (550, b'no')}"),
        ("/find/?email=some%2Bbody%40example.org", "/find/?email=(address)"),
        ("Conference 5 @ 12.30", "Conference 5 @ 12.30"),
    ],
)
def test_addresses_are_left_out(said: str, left: str) -> None:
    assert line("%s", said) == f"INFO {left}"


@pytest.mark.django_db
def test_rows_that_the_database_quotes_are_left_out() -> None:
    summit: Summit = new_summit()
    order = summit.confirmed((summit.general, 1))
    try:
        with transaction.atomic():
            OrderSeat.objects.filter(order_id=order.pk).update(
                first_name="One\nCanary", position=-1
            )
    except IntegrityError:
        text = line("failed", error=sys.exc_info())
    assert "Failing row contains" not in text
    assert "Canary" not in text
    assert text.count("DETAIL: (left out)") == 2, "the driver's and Django's"
    assert "The above exception was the direct cause" in text
