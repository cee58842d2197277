"""What other parts of the site may hear of payments.

Each is sent inside the transaction of the change it tells of, exactly once per
change; a receiver that raises undoes the change. Arguments are plain values:

- payment_changes: payment_id, order_id; first of all, before a row is locked, so that a
  receiver can take its own locks in its own order and nobody waits in a circle
- payment_completed: payment_id, order_id, amount, currency, completed_at
- payment_rejected: payment_id, order_id, rejected_at
- payment_refunded: payment_id, order_id, refund_id, amount, currency, refunded_at
- refund_failed: payment_id, order_id, refund_id, error
"""

from django.dispatch import Signal

payment_changes = Signal()
payment_completed = Signal()
payment_rejected = Signal()
payment_refunded = Signal()
refund_failed = Signal()
