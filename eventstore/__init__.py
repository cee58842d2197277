"""Append-only events in PostgreSQL, the aggregates they make and the tables they fill.

Technical: knows no word of the domain. `events` and `aggregates` are pure Python.
"""
