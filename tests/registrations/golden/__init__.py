"""One stored example for every event type and version there ever was.

A file is written once, when its version is released, and never changed or removed:
streams hold such events for ever. `expected` says what each of them means today.
"""
