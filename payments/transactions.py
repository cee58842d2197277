"""No provider is called inside a database transaction (domain rules, section 9).

A provider's answer cannot be rolled back, and a slow provider would hold locks.
"""

from django.db import transaction


class ProviderCallInsideTransaction(Exception):
    """A provider was about to be called while a database transaction was open."""


def assert_outside_transaction() -> None:
    """Raise ProviderCallInsideTransaction when a transaction is open.

    Asks through a durable block, because Django knows there whether the only open
    transaction is the one a TestCase wraps around each test, and lets that pass.
    """
    try:
        with transaction.atomic(durable=True):
            pass
    except RuntimeError as nested:
        raise ProviderCallInsideTransaction(
            "Queue a task: providers are called outside of database transactions."
        ) from nested
