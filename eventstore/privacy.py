"""Personal fields: sealed under a key of the person's own, gone when the key is."""

import os
import re
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from uuid_utils.compat import uuid7

from eventstore.events import EventType
from eventstore.keys import keyed_hash, wrapping_keys
from eventstore.ledger import Ledger
from eventstore.models import PersonKey
from eventstore.serialization import Erased, canonical, dump
from eventstore.sql import execute, fetch

NONCE = 12
PERSON = re.compile(r'"person": ?"([0-9a-f-]{36})"')
FIND = "SELECT id, wrapped FROM eventstore_personkey WHERE subject = %s FOR KEY SHARE"
MAKE = (
    "INSERT INTO eventstore_personkey (id, subject, wrapped) VALUES (%s, %s, %s)"
    " ON CONFLICT (subject) DO NOTHING"
)


class NoWrappingKey(Exception):
    """None of PERSONAL_DATA_KEYS opens the key of a person: an old one is missing."""


def subject_of(identity: str) -> bytes:
    """How a person is found by what identifies them, such as an e-mail address."""
    return keyed_hash(identity.strip().casefold().encode(), b"subjects")


def _encrypt(key: AESGCM, plain: bytes, bound_to: str) -> bytes:
    nonce = os.urandom(NONCE)
    return nonce + key.encrypt(nonce, plain, bound_to.encode())


def _decrypt(key: AESGCM, sealed: bytes, bound_to: str) -> bytes:
    return key.decrypt(sealed[:NONCE], sealed[NONCE:], bound_to.encode())


def _wrap(key: bytes, id: UUID) -> bytes:
    return _encrypt(next(wrapping_keys()), key, str(id))


def _unwrap(wrapped: bytes | memoryview, id: UUID) -> bytes:
    for wrapping in wrapping_keys():
        try:
            return _decrypt(wrapping, bytes(wrapped), str(id))
        except InvalidTag:
            continue
    raise NoWrappingKey(f"PERSONAL_DATA_KEYS lacks the key that wrapped {id}.")


def _key_for(identity: str) -> tuple[UUID, AESGCM]:
    """The person's key, made at the first need; locked, so that no erasure comes
    between sealing and commit."""
    subject = subject_of(identity)
    while not (found := fetch(FIND, [subject])):
        _begin_ledger()
        id = uuid7()
        execute(MAKE, [id, subject, _wrap(AESGCM.generate_key(256), id)])
    id, wrapped = found[0]
    return id, AESGCM(_unwrap(wrapped, id))


def _begin_ledger() -> None:
    """With the first person: from then on a missing ledger is a lost one."""
    ledger = Ledger("erasures")
    if not ledger.path.exists() and not PersonKey.objects.exists():
        ledger.begin()


def sealed(kind: EventType, event: Any, stream: str) -> bytes:
    """The event's JSON with each personal field under the key of its person."""
    content = dump(event)
    for field, personal in kind.personal.items():
        if content.get(field) is None:
            continue
        about = personal.subject(content[field]) if personal.subject else stream
        id, key = _key_for(about)
        hidden = _encrypt(key, canonical(content[field]), str(id))
        content[field] = {"person": str(id), "sealed": b64encode(hidden).decode()}
    return canonical(content)


def opener(texts: Iterable[str]) -> Callable[[Any], Any]:
    """What opens the sealed values in these stored events; one query for all keys.

    Keys are not kept: an erasure holds from the next read on, in every process.
    """
    ids = {id for text in texts for id in PERSON.findall(text)}
    keys = {
        str(row.id): AESGCM(_unwrap(row.wrapped, row.id))
        for row in PersonKey.objects.filter(id__in=ids)
    }

    def open_sealed(value: dict[str, str]) -> Any:
        if value["person"] not in keys:
            raise Erased(value["person"])
        hidden = b64decode(value["sealed"])
        return msgspec.json.decode(
            _decrypt(keys[value["person"]], hidden, value["person"])
        )

    return open_sealed


def rotate() -> int:
    """Wrap every person's key anew under the first of PERSONAL_DATA_KEYS; how many."""
    turned = 0
    for row in PersonKey.objects.order_by("id").iterator():
        wrapped = _wrap(_unwrap(row.wrapped, row.id), row.id)
        turned += PersonKey.objects.filter(id=row.id).update(wrapped=wrapped)
    return turned
