"""The signals of the event store."""

from django.dispatch import Signal

# Sent once per append, inside its transaction, with `events`: list[RecordedEvent].
# A receiver that raises makes the append fail: consistency wins.
appended = Signal()

# Sent in the transaction that erases a person, with `identities` (a set of what they
# were known by), `words` (every text of their own that events held: names, addresses)
# and the `streams` they were named in. Whoever keeps something about persons elsewhere
# cleans it and answers with counts for the certificate.
person_erased = Signal()

# Sent with the same; receivers answer with what they hold: {place: rows}.
person_exported = Signal()
