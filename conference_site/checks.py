"""What `manage.py check` asks beyond Django's own questions, mostly with `--deploy`."""

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.checks import Warning as Caution

from payments.gateways.registry import GATEWAYS

Findings = Iterator[CheckMessage]
TIMEOUTS = (
    "lock_timeout",
    "statement_timeout",
    "idle_in_transaction_session_timeout",
)


def _hold_is_the_organizer_s() -> Findings:
    if settings.HOLD_SECONDS:
        yield Error(
            "HOLD_SECONDS overrides how long every conference holds seats.",
            hint="Unset it: it is for trying things out.",
            id="conference_site.E001",
        )


def _waiting_for_locks_ends() -> Findings:
    """Without these one stuck transaction holds up everybody behind it."""
    options = str(settings.DATABASES["default"].get("OPTIONS", {}).get("options", ""))
    for name in TIMEOUTS:
        if f"{name}=" not in options:
            yield Error(
                f"The database connections have no {name}.",
                hint="Set it in DATABASES['default']['OPTIONS']['options'].",
                id="conference_site.E002",
            )


def _connections_survive_forking() -> Findings:
    """A pool is shared by the processes that the task cluster forks, and corrupts."""
    database = settings.DATABASES["default"]
    if database.get("OPTIONS", {}).get("pool"):
        yield Error(
            "The connection pool of psycopg is on.",
            hint="Remove OPTIONS['pool']: django-q2 forks.",
            id="conference_site.E003",
        )
    if database.get("CONN_MAX_AGE") and not database.get("CONN_HEALTH_CHECKS"):
        yield Caution(
            "Persistent connections are not checked before use.",
            hint="Set CONN_HEALTH_CHECKS, or requests fail after a database restart.",
            id="conference_site.W001",
        )


def _tasks_end_before_they_are_repeated() -> Findings:
    queue = settings.Q_CLUSTER
    if not 0 < queue.get("timeout", 0) < queue.get("retry", 0):
        yield Error(
            "A task may be started again while it still runs.",
            hint="Keep Q_CLUSTER['timeout'] below Q_CLUSTER['retry'].",
            id="conference_site.E004",
        )
    if not queue.get("max_attempts"):
        yield Error(
            "A failing task is repeated for ever.",
            hint="Set Q_CLUSTER['max_attempts'].",
            id="conference_site.E005",
        )


def _clients_are_told_apart() -> Findings:
    if settings.SECURE_PROXY_SSL_HEADER and not settings.TRUSTED_PROXIES:
        yield Caution(
            "BEHIND_PROXY is on, but TRUSTED_PROXIES is 0.",
            hint="All visitors share one throttle: say how many proxies are yours.",
            id="conference_site.W002",
        )


def _addresses_in_mails_work() -> Findings:
    if not settings.BASE_URL.startswith("https://"):
        yield Caution(
            f"BASE_URL is {settings.BASE_URL}: links in mails will not be secure.",
            hint="Set BASE_URL to the public https address.",
            id="conference_site.W003",
        )


def _payments_are_real() -> Findings:
    if "sandbox" in settings.PAYMENT_PROVIDERS:
        yield Error(
            "The sandbox confirms orders that nobody pays.",
            hint="Remove it from PAYMENT_PROVIDERS.",
            id="conference_site.E006",
        )


CHECKS: tuple[Callable[[], Findings], ...] = (
    _hold_is_the_organizer_s,
    _waiting_for_locks_ends,
    _connections_survive_forking,
    _tasks_end_before_they_are_repeated,
    _clients_are_told_apart,
    _addresses_in_mails_work,
    _payments_are_real,
)


@register("conference_site", deploy=True)
def check_deployment(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    return [finding for check in CHECKS for finding in check()]


@register("conference_site")
def check_stripe(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Asked everywhere, and so by every command: without these no card is charged."""
    if "stripe" not in settings.PAYMENT_PROVIDERS:
        return []
    return [
        Error(
            f"PAYMENT_PROVIDERS names stripe, but {name} is not set.",
            hint="Take it from Stripe's dashboard; docs/stripe.md tells where.",
            id="conference_site.E007",
        )
        for name in ("STRIPE_API_KEY", "STRIPE_WEBHOOK_SECRETS")
        if not getattr(settings, name)
    ]


@register("conference_site")
def check_addresses(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Without these every request is refused, and links in mails lead nowhere."""
    return [
        Error(f"{name} is not set.", hint=hint, id="conference_site.E008")
        for name, is_set, hint in (
            (
                "ALLOWED_HOSTS",
                bool(settings.ALLOWED_HOSTS),
                "Name the hosts the site answers to, separated by commas.",
            ),
            (
                "BASE_URL",
                settings.BASE_URL.startswith(("https://", "http://")),
                "Set it to the site's public address, with https:// in front.",
            ),
        )
        if not is_set
    ]


@register("conference_site")
def check_ways_to_pay(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A misspelled one would fail where somebody wants to pay."""
    return [
        Error(
            f"PAYMENT_PROVIDERS names “{name}”, which there is not.",
            hint=f"Choose from {', '.join(GATEWAYS)}.",
            id="conference_site.E009",
        )
        for name in settings.PAYMENT_PROVIDERS
        if name not in GATEWAYS
    ]
