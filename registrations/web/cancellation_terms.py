"""On which terms seats are given back, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from registrations.domain.cancellation import CancellationTier
from registrations.domain.values import Money
from registrations.queries.cancellation import policy_of

if TYPE_CHECKING:
    from registrations.models.conference_view import ConferenceView


@dataclass(frozen=True)
class Terms:
    """What is kept of seats given back; the words are in `_kept_in_words.html`."""

    kind: str
    percent: Decimal | None = None
    fee: Money | None = None


@dataclass(frozen=True)
class Period:
    terms: Terms
    until: datetime
    is_first: bool


@dataclass(frozen=True)
class Outlook:
    """The terms from now on; `periods` is empty when it is too late for any."""

    periods: list[Period]
    ends_at: datetime

    @property
    def is_simple(self) -> bool:
        """One sentence says it: there is nothing that becomes more expensive."""
        return len(self.periods) == 1


def terms_in_words(
    tier: CancellationTier | None, *, keeps_everything: bool, currency: str
) -> Terms:
    if keeps_everything or (tier and tier.percent_kept == 100):
        return Terms("everything")
    if tier is None or not (tier.percent_kept or tier.fee_per_seat):
        return Terms("nothing")
    if tier.fee_per_seat is not None:
        return Terms("fee", fee=Money.of(tier.fee_per_seat, currency))
    return Terms("percent", percent=tier.percent_kept)


def outlook_of(conference: ConferenceView, *, now: datetime) -> Outlook:
    """What holds until when, the terms that are over left out."""
    policy = policy_of(conference)
    coming = [period for period in policy.periods() if period.until > now]
    return Outlook(
        periods=[
            Period(
                terms=terms_in_words(
                    period.tier,
                    keeps_everything=period.keeps_everything,
                    currency=conference.currency,
                ),
                until=period.until,
                is_first=number == 0,
            )
            for number, period in enumerate(coming)
        ],
        ends_at=policy.ends_at,
    )
