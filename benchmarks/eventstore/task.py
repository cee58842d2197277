"""What is repeated and timed."""

from collections.abc import Callable

# Does its work once and answers how many events (or loaded streams) that were.
Task = Callable[[], int]
