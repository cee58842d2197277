"""What `eventstore` can do in a second, beside `eventsourcing` and pgbench."""
