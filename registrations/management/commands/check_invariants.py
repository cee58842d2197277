"""`manage.py check_invariants`: does everything add up?"""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from registrations.queries import invariants


class Command(BaseCommand):
    help = (
        "Prove from the events that seats, orders and money add up. Prints one line for"
        " each problem and ends with status 1 if there is any."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        count = 0
        for problem in invariants.problems():
            self.stdout.write(str(problem))
            count += 1
        if count:
            raise CommandError(f"Problems: {count}.")
        self.stdout.write(self.style.SUCCESS("Everything adds up."))
