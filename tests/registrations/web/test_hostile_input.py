"""Whatever is sent to the public forms: an answer, never a server error."""

from urllib.parse import quote, urlencode

import pytest
from django.test import Client
from uuid_utils.compat import uuid7

HOSTILE = {
    "nul": "\x00",
    "nul inside": "a\x00b",
    "surrogate": "\ud800",
    "huge number": "9" * 5000,
    "too big": str(2**63),
    "negative": "-1",
    "not a number": "NaN",
    "exponent": "1e999999",
    "other digits": "٣",
    "markup": "<script>alert(1)</script>",
    "template": "{{ 7 }}{% load %}",
    "quote": "' OR 1=1 --",
    "right to left": "\u202egnp.exe",
    "long": "x" * 20_000,
    "json": '{"a": [1]}',
    "lines": "a\r\nBcc: x@example.org",
}
NAMES = [
    "order",
    "first_name",
    "last_name",
    "email",
    "code",
    "provider",
    "seat-0-first_name",
    "seat-0-last_name",
    "seat-0-email",
    "seat-0-version",
    "initial-seat-0-email",
    "csrfmiddlewaretoken",
]
FORM = "application/x-www-form-urlencoded"

BROKEN = [
    (b"\xff\xfe\x00", FORM),
    (b"seats=%ED%A0%80", FORM),
    (b"a=1", f"{FORM}; charset=nonsense"),
    (b"--x\r\nbroken", "multipart/form-data; boundary=x"),
    (b"[1, 2]", "application/json"),
    (b"", "text/plain"),
]


def encoded(fields: dict[str, str]) -> str:
    """Lone surrogates go as the bytes an attacker would send."""
    return urlencode(fields, encoding="utf-8", errors="surrogatepass")


@pytest.fixture
def paths(confirmed, register, summit) -> list[str]:
    """Every address with a form, for an open order, a confirmed one and none."""
    open_order = register((summit.general, 1))
    conference = "/conferences/cqrs-summit/"
    steps = ["change", "checkout", "pay", "seats", "cancel"]
    return [
        f"{conference}register/",
        f"{conference}orders/find/",
        *(f"/orders/{open_order}/{step}/" for step in steps),
        f"/orders/{confirmed}/seats/",
        f"/orders/{uuid7()}/checkout/",
    ]


def test_hostile_values_in_every_field_of_every_form(browser, paths, summit):
    browser.client.raise_request_exception = False
    for kind, value in HOSTILE.items():
        names = [*NAMES, f"seats-{summit.general}", f"seats-{value}"]
        for path in paths:
            for fields in (dict.fromkeys(names, value), {value: value}):
                answer = browser.client.post(path, encoded(fields), FORM)
                assert answer.status_code < 500, (kind, path)


def test_hostile_queries_cookies_and_paths(browser, confirmed, summit):
    client = Client(raise_request_exception=False)
    browser.client.raise_request_exception = False
    for kind, value in HOSTILE.items():
        printable = "".join(
            c for c in value[:2000] if " " <= c <= "~" and c not in ";,"
        )
        client.cookies["next-order"] = client.cookies["messages"] = printable
        query = encoded({"new": value, "page": value})
        part = quote(value[:1000], safe="", errors="surrogatepass")
        for path in ("/", "/conferences/cqrs-summit/register/"):
            assert client.get(f"{path}?{query}").status_code < 500, kind
        for path in (f"/conferences/{part}/", f"/orders/open/{part}/"):
            assert client.get(path).status_code in {400, 404}, kind
        seats = f"/orders/{confirmed}/seats/?{query}"
        assert browser.client.get(seats).status_code < 500, kind


def test_ten_thousand_lines_are_refused(browser, summit):
    browser.open("/conferences/cqrs-summit/register/")
    many = {f"seats-{uuid7()}": "1" for _ in range(10_000)}
    page = browser.fill(browser.page.fields | many)
    assert page.status == 400


def test_broken_bodies(browser, paths):
    browser.client.raise_request_exception = False
    for body, content_type in BROKEN:
        for path in paths:
            answer = browser.client.generic("POST", path, body, content_type)
            assert answer.status_code < 500, (body, path)


def test_names_are_shown_as_text_never_as_markup(browser, register, summit):
    order_id = register((summit.general, 1))
    script = "<script>alert(1)</script>"
    browser.submit(
        first_name=script,
        last_name="O'Hara & co",
        email="a@example.org",
        provider="invoice",
    )
    response = browser.client.get(f"/orders/{order_id}/")
    assert script not in response.content.decode()
    assert "O&#x27;Hara &amp; co" in response.content.decode()
