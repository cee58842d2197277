"""ETag, If-None-Match and If-Match (RFC 9110, sections 8.8.3 and 13.1).

The tag of a representation is its version, so a writer's If-Match becomes the version
that the command expects and checks under its lock.
"""

import re
from typing import Any

from django.http import HttpResponse
from rest_framework.request import Request
from rest_framework.response import Response

from registrations.domain.errors import StaleVersion

TAG = re.compile(r'(W/)?"([\x21\x23-\x7e]*)"')


def tag_of(version: object) -> str:
    """The strong entity tag of this version."""
    return f'"{version}"'


def tagged(content: Any, version: object, *, status: int = 200) -> Response:
    """The content with the tag of its version."""
    return Response(content, status=status, headers={"ETag": tag_of(version)})


def shown(request: Request, content: Any, version: object) -> HttpResponse:
    """The answer to GET: 200 with the tag, or 304 where the client has just this."""
    tag = tag_of(version)
    if _names(request.headers.get("If-None-Match", ""), tag, weakly=True):
        return HttpResponse(status=304, headers={"ETag": tag})
    return tagged(content, version)


def expected_version(request: Request, current: int) -> int | None:
    """The version that the write must find: `current` if the client named it in
    If-Match, None if he named none. Raises StaleVersion if he has seen another one.
    """
    condition = request.headers.get("If-Match", "").strip()
    if condition in {"", "*"}:
        return None
    if not _names(condition, tag_of(current), weakly=False):
        raise StaleVersion
    return current


def _names(condition: str, tag: str, *, weakly: bool) -> bool:
    """Whether a list of tags has this one; weak ones never match a write."""
    if condition.strip() == "*":
        return True
    return any(
        f'"{opaque}"' == tag and (weakly or not weak)
        for weak, opaque in TAG.findall(condition)
    )
