"""The same request again, one after the other."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.utils import timezone

from conferences import services
from registrations.api import idempotency
from registrations.api.urls import urlpatterns
from registrations.models.idempotency import IdempotentAnswer
from registrations.models.order_view import OrderView
from registrations.tasks import purge_idempotency_answers
from tests.registrations.api.client import Client, errors, lines, refusal
from tests.registrations.api.conftest import REGISTRANT

pytestmark = pytest.mark.django_db

PLACE = "/conferences/summit/orders/"
KEY = "3f0a9c7d-4e10-4c3e-9d55-0c4c1f6f2a01"


def place(general, key=KEY, quantity=1, name="Idempotency-Key", **more):
    body = {"items": lines({general: quantity}), **more}
    return Client().post(PLACE, body, **{name: key})


def content(answer):
    return answer.status_code, answer.content, answer.get("ETag")


@pytest.mark.parametrize("name", ["Idempotency-Key", "X-Idempotency-Key"])
def test_the_same_request_again_gets_the_first_answer_again(general, name):
    first, *others = [place(general, name=name) for _time in range(3)]
    assert first.status_code == 201
    assert "Idempotency-Replayed" not in first
    for other in others:
        assert content(other) == content(first)
        assert other["Idempotency-Replayed"] == "true"
        assert other["Cache-Control"] == "no-store"
    assert OrderView.objects.count() == 1


def test_the_token_of_the_first_answer_opens_the_order(general):
    place(general)
    client = Client()
    client.order = place(general).json()
    client.token = client.order["access_token"]
    assert client.get(client.order_path()).status_code == 200


def test_the_order_of_fields_and_spaces_makes_no_other_request(general):
    first = place(general, registrant=REGISTRANT)
    turned = {"registrant": REGISTRANT, "items": lines({general: 1})}
    again = Client().post(PLACE, turned, Idempotency_Key=KEY)
    assert content(again) == content(first)


def test_without_a_key_every_request_counts(api, general):
    for _time in range(2):
        api.post(PLACE, {"items": lines({general: 1})})
    assert OrderView.objects.count() == 2


def test_another_body_with_the_same_key_is_refused(general):
    first = place(general)
    other = place(general, quantity=2)
    assert refusal(other) == (422, "idempotency-key-reused")
    assert first.json()["id"] not in other.content.decode()
    assert OrderView.objects.count() == 1


def test_another_address_with_the_same_key_is_refused(general, make_conference):
    make_conference("other")
    place(general)
    body = {"items": lines({general: 1})}
    for path in ("/conferences/other/orders/", f"{PLACE}?page_size=1", f"{PLACE}find/"):
        answer = Client().post(path, body, Idempotency_Key=KEY)
        assert refusal(answer) == (422, "idempotency-key-reused")


def test_other_credentials_make_another_client(api, free):
    clients = [
        api.place("summit", {free: 1}, registrant=REGISTRANT) for _each in range(2)
    ]
    for client in clients:
        answer = client.post(client.order_path("confirm/"), Idempotency_Key=KEY)
        assert answer.json()["id"] == client.order["id"]
        assert "Idempotency-Replayed" not in answer


def test_a_short_key_counts_per_network_address(general):
    def from_address(address, key):
        client = Client()
        client.django.defaults["REMOTE_ADDR"] = address
        body = {"items": lines({general: 1})}
        return client.post(PLACE, body, Idempotency_Key=key).json()["id"]

    assert from_address("192.0.2.1", "1") == from_address("192.0.2.1", "1")
    assert from_address("192.0.2.1", "1") != from_address("192.0.2.2", "1")
    assert from_address("192.0.2.1", KEY) == from_address("192.0.2.2", KEY)


def test_behind_a_proxy_the_address_is_the_clients(general, settings):
    settings.TRUSTED_PROXIES = 1

    def through_proxy(address):
        body, headers = {"items": lines({general: 1})}, {"X-Forwarded-For": address}
        return Client().post(PLACE, body, Idempotency_Key="1", **headers).json()["id"]

    assert through_proxy("192.0.2.1") == through_proxy("192.0.2.1")
    assert through_proxy("192.0.2.1") != through_proxy("192.0.2.2")


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "schlüssel", "a\x7fb", "a\tb"])
def test_a_key_is_1_to_255_printable_characters(general, key):
    answer = place(general, key)
    assert refusal(answer) == (400, "invalid-idempotency-key")
    assert list(errors(answer)) == ["Idempotency-Key"]
    assert OrderView.objects.count() == 0


@pytest.mark.parametrize("key", ["1", "x" * 255, "a b", '"quoted"'])
def test_any_other_key_is_accepted(general, key):
    assert place(general, key).status_code == 201


def test_two_different_keys_are_refused(general):
    headers = {"Idempotency-Key": "a", "X-Idempotency-Key": "b"}
    answer = Client().post(PLACE, {"items": lines({general: 1})}, **headers)
    assert refusal(answer) == (400, "invalid-idempotency-key")


def test_a_refusal_is_not_stored(conference, general):
    assert place(general, quantity=99).status_code == 400
    services.unpublish(conference_id=conference.id)
    assert place(general).status_code == 404
    assert IdempotentAnswer.objects.count() == 0
    services.publish(conference_id=conference.id, now=timezone.now())
    assert place(general).status_code == 201


def test_a_throttled_request_may_come_again(placed, settings):
    settings.THROTTLES = {"api:order-find": [("address", 1, 900)]}
    sought = {"email": REGISTRANT["email"], "code": placed.order["code"]}
    path = f"{PLACE}find/"
    assert Client().post(path, sought, Idempotency_Key="first").status_code == 200
    throttled = Client().post(path, sought, Idempotency_Key=KEY)
    assert throttled.status_code == 429
    settings.THROTTLES = {}
    assert Client().post(path, sought, Idempotency_Key=KEY).status_code == 200


class Killed(BaseException):
    """What ends a worker in the middle."""


def test_a_worker_killed_in_the_middle_leaves_the_key_free(general, monkeypatch):
    def die(*_anything):
        raise Killed

    with monkeypatch.context() as fault:
        fault.setattr(idempotency, "_store", die)
        with pytest.raises(Killed):
            place(general)
    assert OrderView.objects.count() == IdempotentAnswer.objects.count() == 0
    answer = place(general)
    assert answer.status_code == 201
    assert "Idempotency-Replayed" not in answer
    assert OrderView.objects.count() == 1


def test_every_post_takes_a_key():
    def views(patterns):
        for pattern in patterns:
            yield from views(getattr(pattern, "url_patterns", []))
            if hasattr(getattr(pattern, "callback", None), "cls"):
                yield pattern.callback.cls

    posts = [view.post for view in views(urlpatterns) if hasattr(view, "post")]
    assert len(posts) == 6
    assert all(post.is_idempotent for post in posts)


def test_posts_on_an_order_and_its_payment_are_repeated_safely(placed):
    path = placed.order_path("payments/")
    started = [
        placed.post(path, {"provider": "sandbox"}, Idempotency_Key=KEY)
        for _time in range(2)
    ]
    assert content(started[0]) == content(started[1])
    assert started[1]["Location"] == started[0]["Location"]
    path = f"/sandbox/payments/{started[0].json()['id']}/"
    body = {"outcome": "accepted"}
    decided = [Client().post(path, body, Idempotency_Key=KEY) for _time in range(2)]
    assert content(decided[0]) == content(decided[1])
    assert decided[1]["Idempotency-Replayed"] == "true"
    other = Client().post(path, {"outcome": "rejected"}, Idempotency_Key=KEY)
    assert refusal(other) == (422, "idempotency-key-reused")


# What is kept


def test_the_table_gives_away_neither_token_nor_person_nor_key(general):
    answer = place(general, registrant=REGISTRANT).json()
    (row,) = IdempotentAnswer.objects.values_list()
    kept = repr(row) + repr(bytes(row[3]))
    for secret in (answer["access_token"], REGISTRANT["email"], answer["id"], KEY):
        assert secret not in kept


def test_an_answer_is_readable_through_a_change_of_the_secret(general, settings):
    first = place(general)
    old, settings.SECRET_KEY = settings.SECRET_KEY, "another-" + "y" * 50
    settings.SECRET_KEY_FALLBACKS = [old]
    assert content(place(general)) == content(first)
    settings.SECRET_KEY_FALLBACKS = []
    assert refusal(place(general)) == (409, "idempotency-answer-unreadable")
    assert OrderView.objects.count() == 1


def test_answers_are_kept_for_48_hours(general):
    place(general)
    kept = IdempotentAnswer.objects.all()
    now = kept.get().claimed_at
    purge_idempotency_answers(now=now + timedelta(hours=47))
    assert kept.count() == 1
    purge_idempotency_answers(now=now + timedelta(hours=49))
    assert kept.count() == 0
    assert "Idempotency-Replayed" not in place(general)


def test_only_successes_are_stored(db):
    with pytest.raises(Exception, match="idempotent_answer_is_a_success"):
        IdempotentAnswer.objects.create(
            digest="x", fingerprint=str(uuid4()), status=409, claimed_at=timezone.now()
        )
