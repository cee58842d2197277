"""`Idempotency-Key`: the same request again gets the first answer again.

The claim of the key, everything the command writes and the stored answer are one
transaction. Whoever is killed in between leaves nothing, so a key is never stuck; a
second request with the same key waits at the primary key for the first one's end.

Who is "the same client"? With credentials: whoever sends the same ones. Without (to
place or find an order) there is nothing but the key itself, so the key is what makes
somebody the same client: whoever knows key *and* body gets the first answer, access
token included, just as whoever knows a token gets the order. A long key (a UUID)
cannot be guessed. A short one can: below 16 characters it counts per network address.

The table holds digests that include the key, and answers encrypted under the key:
reading it gives neither tokens nor people.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from hashlib import sha256
from secrets import token_bytes
from typing import Any, Concatenate, ParamSpec, TypeVar
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import OperationalError, transaction
from django.http import HttpResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from registrations.models.idempotency import IdempotentAnswer, digest_of

HEADERS = ("Idempotency-Key", "X-Idempotency-Key")
REPLAYED = "Idempotency-Replayed"
LONGEST_KEY = 255
UNGUESSABLE_KEY = 16
KEPT_HEADERS = ("ETag", "Location")

View = TypeVar("View", bound=APIView)
P = ParamSpec("P")


class InvalidIdempotencyKey(exceptions.APIException):
    status_code = 400
    default_detail = _("Idempotency-Key: send 1 to 255 printable ASCII characters.")
    default_code = "invalid-idempotency-key"
    field = HEADERS[0]


class IdempotencyKeyInUse(exceptions.APIException):
    status_code = 409
    default_detail = _(
        "The first request with this Idempotency-Key is still under way."
    )
    default_code = "idempotency-key-in-use"
    retry_after = 1


class IdempotencyKeyReused(exceptions.APIException):
    status_code = 422
    default_detail = _("This Idempotency-Key was used for another request.")
    default_code = "idempotency-key-reused"


class AnswerUnreadable(exceptions.APIException):
    status_code = 409
    default_detail = _(
        "The request was carried out; its answer cannot be read any more."
    )
    default_code = "idempotency-answer-unreadable"


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to answer a request: which row, which request, under which key."""

    digest: str
    fingerprint: str
    secret: str


Post = Callable[Concatenate[View, Request, P], Response]
AnsweredPost = Callable[Concatenate[View, Request, P], HttpResponse]


def idempotent(post: Post[View, P]) -> AnsweredPost[View, P]:
    """For `post` methods: run in one transaction, and at most once per key.

    Only successes are stored. A refusal rolls everything back, the claim included, so
    the corrected or repeated request may use the same key.
    """

    @wraps(post)
    def answer(
        view: View, request: Request, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        key = key_of(request)
        if key is None:
            with transaction.atomic():
                return post(view, request, *args, **kwargs)
        claim = claim_of(request, key)
        with transaction.atomic():
            if not _take(claim):
                return _replay(claim)
            response = post(view, request, *args, **kwargs)
            return _store(claim, response, _about(view, response, kwargs))

    return _marked(answer)


def idempotent_by_nature(post: Post[View, P]) -> AnsweredPost[View, P]:
    """For `post` methods that call a provider, which no transaction may enclose.

    Repeating such a method must have no second effect and the same result. So it runs
    first, and what it answered is stored then; of two at once, the first one stored
    is what both answer.
    """

    @wraps(post)
    def answer(
        view: View, request: Request, /, *args: P.args, **kwargs: P.kwargs
    ) -> HttpResponse:
        key = key_of(request)
        if key is None:
            return post(view, request, *args, **kwargs)
        claim = claim_of(request, key)
        if IdempotentAnswer.objects.filter(pk=claim.digest).exists():
            return _replay(claim)
        response = post(view, request, *args, **kwargs)
        with transaction.atomic():
            if not _take(claim):
                return _replay(claim)
            return _store(claim, response, _about(view, response, kwargs))

    return _marked(answer)


def _marked(answer: AnsweredPost[View, P]) -> AnsweredPost[View, P]:
    """For the schema, and for the test that no POST is without."""
    answer.is_idempotent = True  # type: ignore[attr-defined]
    return answer


def key_of(request: Request) -> str | None:
    """The key the client sent, if any. Raises InvalidIdempotencyKey."""
    sent = {request.headers[name] for name in HEADERS if name in request.headers}
    if not sent:
        return None
    key = sent.pop()
    usable = 1 <= len(key) <= LONGEST_KEY and key.isascii() and key.isprintable()
    if sent or not usable or not key.strip():
        raise InvalidIdempotencyKey
    return key


def claim_of(request: Request, key: str) -> Claim:
    """Which row the request claims, and what it is recognised by."""
    # Two kinds of clients, kept apart: the header is free text and may say anything.
    client = ("credentials", request.headers.get("Authorization", ""))
    if not client[1]:
        is_guessable = len(key) < UNGUESSABLE_KEY
        client = ("address", address_of(request) if is_guessable else "")
    body = json.dumps(request.data, sort_keys=True, default=str)
    return Claim(
        digest=_digest(*client, key),
        fingerprint=_digest(key, request.method or "", request.get_full_path(), body),
        secret=json.dumps([*client, key]),
    )


def address_of(request: Request) -> str:
    """As the site's middleware says, which knows how many proxies to believe."""
    return str(request.client_address)  # type: ignore[attr-defined]


def _digest(*parts: str) -> str:
    return sha256(json.dumps(parts).encode()).hexdigest()


def _take(claim: Claim) -> bool:
    """Insert the claim; False where the key has its answer already.

    Waits while another request with the same key is under way, as long as the
    connection's lock_timeout allows. Raises IdempotencyKeyInUse after that.
    """
    try:
        return IdempotentAnswer.objects.claim(
            digest=claim.digest, fingerprint=claim.fingerprint, at=timezone.now()
        )
    except OperationalError as error:
        raise IdempotencyKeyInUse from error


def _about(view: APIView, response: Response, kwargs: Any) -> str:
    """Marks answers that name people with their order."""
    is_personal = getattr(view, "is_personal", False)
    order_id = kwargs.get("order_id") or (response.data["id"] if is_personal else "")
    return digest_of(UUID(str(order_id))) if order_id else ""


def _store(claim: Claim, response: Response, about: str) -> HttpResponse:
    body = JSONRenderer().render(response.data)
    headers = {name: response[name] for name in KEPT_HEADERS if name in response}
    IdempotentAnswer.objects.filter(pk=claim.digest).update(
        status=response.status_code,
        sealed=seal(claim, headers, body),
        about=about,
    )
    return _answer(response.status_code, headers, body)


def _replay(claim: Claim) -> HttpResponse:
    stored = IdempotentAnswer.objects.filter(pk=claim.digest).first()
    if stored is None:
        # Purged between our insert and now: let the client simply come again.
        raise IdempotencyKeyInUse
    if stored.fingerprint != claim.fingerprint:
        raise IdempotencyKeyReused
    headers, body = unseal(claim, bytes(stored.sealed))
    return _answer(stored.status or 200, {**headers, REPLAYED: "true"}, body)


def _answer(status: int, headers: dict[str, str], body: bytes) -> HttpResponse:
    return HttpResponse(
        body, status=status, headers=headers, content_type="application/json"
    )


def seal(claim: Claim, headers: dict[str, str], body: bytes) -> bytes:
    """Encrypt an answer so that only the request's own key opens it."""
    plain = json.dumps(headers).encode() + b"\n" + body
    nonce = token_bytes(12)
    cipher = _cipher(claim, settings.SECRET_KEY)
    return nonce + cipher.encrypt(nonce, plain, claim.digest.encode())


def unseal(claim: Claim, sealed: bytes) -> tuple[dict[str, Any], bytes]:
    """What `seal` encrypted. Raises AnswerUnreadable after the secret has changed, or
    the person it named was erased."""
    if not sealed:
        raise AnswerUnreadable
    for secret in [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]:
        try:
            plain = _cipher(claim, secret).decrypt(
                sealed[:12], sealed[12:], claim.digest.encode()
            )
        except InvalidTag:
            continue
        headers, _newline, body = plain.partition(b"\n")
        return json.loads(headers), body
    raise AnswerUnreadable


def _cipher(claim: Claim, site_secret: str) -> AESGCM:
    derive = HKDF(
        algorithm=SHA256(),
        length=32,
        salt=None,
        info=b"registrations.api.idempotency\n" + claim.secret.encode(),
    )
    return AESGCM(derive.derive(site_secret.encode()))
