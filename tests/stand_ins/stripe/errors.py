"""Refusals in the shape of the real API."""

from typing import Any


class ApiError(Exception):
    """`is_stored`: the refusal came while the request was carried out, so that the
    same idempotency key gets it again; parameters that make no sense are not kept."""

    def __init__(
        self,
        message: str,
        *,
        status: int = 400,
        kind: str = "invalid_request_error",
        code: str = "",
        param: str = "",
        is_stored: bool = False,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.is_stored = is_stored
        self.error: dict[str, Any] = {"type": kind, "message": message}
        if code:
            self.error["code"] = code
        if param:
            self.error["param"] = param

    @property
    def body(self) -> dict[str, Any]:
        return {"error": self.error}


def missing(kind: str, name: str, param: str = "id") -> ApiError:
    return ApiError(
        f"No such {kind}: '{name}'", status=404, code="resource_missing", param=param
    )


def unknown_parameter(name: str) -> ApiError:
    return ApiError(
        f"Received unknown parameter: {name}", code="parameter_unknown", param=name
    )


def missing_parameter(name: str) -> ApiError:
    return ApiError(
        f"Missing required param: {name}.", code="parameter_missing", param=name
    )


def wrong_integer(name: str, value: object) -> ApiError:
    return ApiError(
        f"Invalid integer: {value}", code="parameter_invalid_integer", param=name
    )
