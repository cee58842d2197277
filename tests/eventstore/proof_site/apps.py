"""Makes the worker know what to do when a deadline of the proofs is due."""

from datetime import datetime

from django.apps import AppConfig

PROCESS = "proof"


def meet(stream: str, keys: list[str], now: datetime) -> None:
    """One event for each, as a release of seats does; the key becomes its amount."""
    # Both want the registry of apps, and event types are registered on import.
    from eventstore import store  # noqa: PLC0415
    from tests.eventstore.conftest import Deposited  # noqa: PLC0415

    store.append(stream, [Deposited(amount=int(key)) for key in keys])


class ProofSiteConfig(AppConfig):
    name = "tests.eventstore.proof_site"
    label = "proof_site"

    def ready(self) -> None:
        from eventstore.processes import on_deadline  # noqa: PLC0415 as above

        on_deadline(PROCESS, meet)
