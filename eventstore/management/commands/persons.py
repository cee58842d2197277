"""Erase a person, show what is held about one, or turn the key that wraps all keys."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from eventstore import erasure, privacy
from eventstore.ledger import Ledger

ACTIONS = ["erase", "export", "reapply", "rotate", "begin"]


class Command(BaseCommand):
    help = (
        "erase: destroy the person's key and print a certificate. export: print all"
        " that is held. reapply: erase again whom a restored backup brought back."
        " rotate: wrap all keys under the first of PERSONAL_DATA_KEYS. begin: make the"
        " ledger of erasures, where there never was one."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("action", choices=ACTIONS)
        parser.add_argument("identity", nargs="*", help="e-mail addresses")

    def handle(self, *, action: str, identity: list[str], **options: object) -> None:
        if (action in {"erase", "export"}) != bool(identity):
            raise CommandError(f"{action}: name the person for erase and export only.")
        if action == "rotate":
            self.stdout.write(f"{privacy.rotate()} keys wrapped anew")
        elif action == "begin":
            Ledger("erasures").begin()
        elif action == "export":
            self._print(erasure.export(identity))
        elif action == "reapply":
            self._certify(erasure.reapply(actor="operator"))
        else:
            self._certify(erasure.erase(identity, actor="operator"))

    def _certify(self, erased: Any) -> None:
        if erased is None:
            self.stdout.write("Nobody to erase: no key belongs to them.")
        else:
            self._print({"erasure": str(erased.id)} | erased.certificate)

    def _print(self, what: Any) -> None:
        self.stdout.write(json.dumps(what, indent=2, ensure_ascii=False))
