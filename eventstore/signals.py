"""The one signal of the event store."""

from django.dispatch import Signal

# Sent once per append, inside its transaction, with `events`: list[RecordedEvent].
# A receiver that raises makes the append fail: consistency wins.
appended = Signal()
