"""The secrets that the history is sealed with."""

import environ
from django.core.exceptions import ImproperlyConfigured

SHORTEST = 50


def event_keys(env: environ.Env, *, substitute: str) -> tuple[str, list[str]]:
    """EVENT_DIGEST_KEY, which vouches for events, and PERSONAL_DATA_KEYS, which open
    personal fields.

    Lost ones cannot be replaced, so production, where nothing substitutes them, must
    choose and keep its own. Raises ImproperlyConfigured.
    """
    digest_key = env.str("EVENT_DIGEST_KEY", default="")
    personal_keys = env.list("PERSONAL_DATA_KEYS", default=[])
    if substitute:
        digest_key = digest_key or f"digests {substitute}"
        personal_keys = personal_keys or [f"persons {substitute}"]
    for name, keys in (
        ("EVENT_DIGEST_KEY", [digest_key]),
        ("PERSONAL_DATA_KEYS", personal_keys or [""]),
    ):
        if any(len(key) < SHORTEST for key in keys):
            raise ImproperlyConfigured(
                f"{name} is missing or shorter than {SHORTEST} characters. Make it"
                " like SECRET_KEY, and keep it as long as the data."
            )
    return digest_key, personal_keys
