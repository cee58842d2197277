"""What the ways to pay need to know; docs/stripe.md tells how to set Stripe up."""

import environ

STRIPE_CHECKOUT = "https://checkout.stripe.com"


def providers(env: environ.Env, *, in_production: bool) -> list[str]:
    """PAYMENT_PROVIDERS: what the site offers, in this order."""
    offered = ["invoice"] if in_production else ["sandbox", "invoice"]
    chosen: list[str] = env.list("PAYMENT_PROVIDERS", default=offered)
    return chosen


def sandbox(env: environ.Env, *, substitute: str) -> tuple[str, str]:
    """SANDBOX_FAILS ("refund" makes the sandbox refuse refunds, for trying things out)
    and PAYMENT_CALLBACK_KEY, which the sandbox signs with."""
    return (
        env.str("SANDBOX_FAILS", default=""),
        env.str("PAYMENT_CALLBACK_KEY", default=substitute),
    )


def stripe_secrets(env: environ.Env) -> tuple[str, list[str]]:
    """STRIPE_API_KEY, and STRIPE_WEBHOOK_SECRETS: two of them are valid while one takes
    the other's place."""
    return (
        env.str("STRIPE_API_KEY", default=""),
        env.list("STRIPE_WEBHOOK_SECRETS", default=[]),
    )


def stripe_connection(env: environ.Env) -> tuple[str, float]:
    """STRIPE_API_BASE, empty for Stripe's own, and STRIPE_TIMEOUT in seconds."""
    return (
        env.str("STRIPE_API_BASE", default="").rstrip("/"),
        env.float("STRIPE_TIMEOUT", default=8.0),
    )


def pages(offered: list[str], *, stripe_api_base: str) -> list[str]:
    """Where a form of ours may end up besides here: browsers follow its redirects to no
    other place (`form-action` of the content security policy)."""
    return [stripe_api_base or STRIPE_CHECKOUT] if "stripe" in offered else []
