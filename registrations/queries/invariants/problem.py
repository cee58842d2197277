"""What the check finds."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """`rule` is stable and short; `subject` is the kind and id of what it is about."""

    rule: str
    subject: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}: {self.sentence}"
