"""What other parts of the site may hear of payments.

Each is sent inside the transaction of the change it tells of, exactly once per
change; a receiver that raises undoes the change. Arguments are plain values:

- payment_changes: payment_id, order_id; first of all, before a row is locked, so that a
  receiver can take its own locks in its own order and nobody waits in a circle
- payment_begins: payment_id, order_id, amount, currency; outside of any transaction,
  before the provider is asked for its page, after it was made, and before it is closed:
  a receiver that knows that the money is not wanted any more raises NotWanted
- payment_completed: payment_id, order_id, conference_id, organization_id, provider,
  amount, currency, completed_at; the amount is what was really taken
- payment_rejected: payment_id, order_id, rejected_at
- payment_refunded: payment_id, order_id, refund_id, provider, reason, amount, currency,
  refunded_at
- refund_failed: payment_id, order_id, refund_id, error
- dispute_opened: payment_id, order_id, dispute_id, provider, amount, currency, reason,
  opened_at
- dispute_closed: payment_id, order_id, dispute_id, provider, amount, currency, is_won,
  closed_at
- fee_charged: payment_id, order_id, fee_id, provider, amount, currency, charged_at; an
  amount below zero was given back
- case_closed: case_id, kind, payment_id, order_id, by, note, closed_at; by a person
  only, what settles itself is told of by the signals above
"""

from django.dispatch import Signal

payment_changes = Signal()
payment_begins = Signal()
payment_completed = Signal()
payment_rejected = Signal()
payment_refunded = Signal()
refund_failed = Signal()
dispute_opened = Signal()
dispute_closed = Signal()
fee_charged = Signal()
case_closed = Signal()
