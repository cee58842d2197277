"""What Stripe needs before it is offered, and what its being offered changes."""

from typing import Any

import environ
import pytest

from conference_site import payment_settings
from conference_site.checks import check_stripe


def complaints() -> list[str]:
    return [str(finding.msg) for finding in check_stripe(None)]


@pytest.fixture
def offered(settings: Any) -> Any:
    settings.PAYMENT_PROVIDERS = ["invoice", "stripe"]
    settings.STRIPE_API_KEY = "rk_test_1"
    settings.STRIPE_WEBHOOK_SECRETS = ["whsec_1"]
    return settings


def test_offered_with_all_it_needs(offered: Any):
    assert complaints() == []


@pytest.mark.parametrize(
    ("name", "nothing"), [("STRIPE_API_KEY", ""), ("STRIPE_WEBHOOK_SECRETS", [])]
)
def test_what_is_missing_is_named(offered: Any, name: str, nothing: Any):
    setattr(offered, name, nothing)
    assert complaints() == [f"PAYMENT_PROVIDERS names stripe, but {name} is not set."]
    offered.PAYMENT_PROVIDERS = ["invoice"]
    assert complaints() == []


def test_environment_is_read(monkeypatch: pytest.MonkeyPatch):
    for name, value in {
        "PAYMENT_PROVIDERS": "stripe,invoice",
        "STRIPE_API_KEY": "rk_live_1",
        "STRIPE_WEBHOOK_SECRETS": "whsec_1,whsec_2",
        "STRIPE_API_BASE": "http://127.0.0.1:12111/",
        "STRIPE_TIMEOUT": "2.5",
    }.items():
        monkeypatch.setenv(name, value)
    env = environ.Env()
    assert payment_settings.providers(env, in_production=True) == ["stripe", "invoice"]
    secrets = payment_settings.stripe_secrets(env)
    assert secrets == ("rk_live_1", ["whsec_1", "whsec_2"])
    connection = payment_settings.stripe_connection(env)
    assert connection == ("http://127.0.0.1:12111", 2.5)


@pytest.mark.parametrize(
    ("in_production", "offered"), [(True, ["invoice"]), (False, ["sandbox", "invoice"])]
)
def test_stripe_is_offered_only_by_those_who_say_so(
    monkeypatch: pytest.MonkeyPatch, in_production: bool, offered: list[str]
):
    monkeypatch.delenv("PAYMENT_PROVIDERS", raising=False)
    env = environ.Env()
    assert payment_settings.providers(env, in_production=in_production) == offered


def test_forms_may_lead_to_stripe_where_it_is_offered():
    """Browsers stop at our own door otherwise: the button is a form."""
    stripe = payment_settings.pages(["stripe"], stripe_api_base="")
    stand_in = payment_settings.pages(["stripe"], stripe_api_base="http://127.0.0.1:1")
    nobody = payment_settings.pages(["invoice"], stripe_api_base="")
    assert (stripe, stand_in, nobody) == (
        ["https://checkout.stripe.com"],
        ["http://127.0.0.1:1"],
        [],
    )
