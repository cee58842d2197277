"""ETag, If-None-Match and If-Match."""

import pytest
from django.test import RequestFactory
from rest_framework.request import Request
from rest_framework.response import Response

from registrations.api.conditional import expected_version, shown
from registrations.domain.errors import StaleVersion


def request(method: str = "GET", **headers: str) -> Request:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(RequestFactory().generic(method, "/", headers=sent))


@pytest.mark.parametrize("sent", ['"3"', 'W/"3"', '"1", "3"', "*"])
def test_who_has_this_version_gets_304(sent):
    answer = shown(request(If_None_Match=sent), {}, 3)
    assert (answer.status_code, answer["ETag"]) == (304, '"3"')


@pytest.mark.parametrize("sent", ['"2"', "3", "", '"33"', '"', "W/3"])
def test_who_has_another_version_gets_this_one(sent):
    answer = shown(request(If_None_Match=sent), {"a": 1}, 3)
    assert isinstance(answer, Response)
    assert (answer.status_code, answer["ETag"], answer.data) == (200, '"3"', {"a": 1})


@pytest.mark.parametrize(
    ("sent", "expected"), [('"3"', 3), ('"1", "3"', 3), ("*", None)]
)
def test_the_version_named_is_the_one_expected(sent, expected):
    assert expected_version(request("PUT", If_Match=sent), 3) == expected


def test_without_a_condition_any_version_will_do():
    assert expected_version(request("PUT"), 3) is None


@pytest.mark.parametrize("sent", ['"2"', 'W/"3"', "3", '"3', '"' + "9" * 5_000 + '"'])
def test_another_version_is_stale(sent):
    with pytest.raises(StaleVersion):
        expected_version(request("PUT", If_Match=sent), 3)
