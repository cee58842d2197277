"""The keys of the event store, made of the secrets in the environment."""

from collections.abc import Iterator
from functools import cache
from hashlib import blake2b

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings


@cache
def _derived(secret: str, purpose: bytes) -> bytes:
    return blake2b(secret.encode(), digest_size=32, person=purpose).digest()


@cache
def _begun(secret: str, purpose: bytes) -> blake2b:
    return blake2b(key=_derived(secret, purpose), digest_size=32)


def keyed_hash(content: bytes, purpose: bytes = b"events") -> bytes:
    """32 bytes that nobody can make, for any content, without EVENT_DIGEST_KEY."""
    begun = _begun(settings.EVENT_DIGEST_KEY, purpose).copy()
    begun.update(content)
    return begun.digest()


def signing_key() -> Ed25519PrivateKey:
    """Signs what is kept outside the database; its public half may be given away."""
    seed = _derived(settings.EVENT_DIGEST_KEY, b"signatures")
    return Ed25519PrivateKey.from_private_bytes(seed)


def wrapping_keys() -> Iterator[AESGCM]:
    """What the keys of persons are wrapped with: the present one first, then old."""
    for secret in settings.PERSONAL_DATA_KEYS:
        yield AESGCM(_derived(secret, b"persons"))
