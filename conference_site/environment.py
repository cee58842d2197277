"""The environment, read with errors that name the variable and what it wants."""

from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

KINDS = {bool: "on or off", int: "a whole number", float: "a number"}
ON_OR_OFF = {"true", "on", "ok", "y", "yes", "1", "false", "off", "n", "no", "0"}
NEAREST = "postgresql:///conference"
SCHEMES = ("postgresql", "postgres", "psql", "pgsql")
LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR", "CRITICAL")


class Environment(environ.Env):  # type: ignore[misc] # its methods have no types
    """django-environ, where a mistake ends the start instead of meaning “off”.

    A number or switch that is left blank counts as not set.
    """

    def get_value(self, var: str, cast: Any = None, *args: Any, **kwargs: Any) -> Any:
        if cast not in KINDS:
            return super().get_value(var, cast, *args, **kwargs)
        sent = self.ENVIRON.get(var, "").strip()
        if not sent and var in self.ENVIRON:
            return kwargs["default"]
        if cast is bool and sent and sent.lower() not in ON_OR_OFF:
            raise _wrong(var, cast, sent)
        try:
            return super().get_value(var, cast, *args, **kwargs)
        except ValueError as error:
            raise _wrong(var, cast, sent) from error

    def database(self, var: str, *, is_needed: bool) -> dict[str, Any]:
        """The PostgreSQL that an address names, which is not repeated in errors: it has
        a password in it."""
        if is_needed and var not in self.ENVIRON:
            raise ImproperlyConfigured(f"{var} is missing: set it to your PostgreSQL.")
        address = self.str(var, default=NEAREST)
        try:
            if address.partition(":")[0] in SCHEMES:
                return dict(self.db_url_config(address))
        except ValueError as error:
            raise _no_postgresql(var) from error
        raise _no_postgresql(var)

    def log_level(self, var: str) -> str:
        level = str(self.str(var, default="") or "INFO").upper()
        if level not in LOG_LEVELS:
            raise ImproperlyConfigured(f"{var} must be one of {', '.join(LOG_LEVELS)}.")
        return level


def _wrong(var: str, kind: type, sent: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(f"{var} must be {KINDS[kind]}, not “{sent}”.")


def _no_postgresql(var: str) -> ImproperlyConfigured:
    return ImproperlyConfigured(
        f"{var} is no address of a PostgreSQL. Write it like"
        " postgresql://user:password@host:5432/name; characters such as @ or / in the"
        " password as %40 or %2F."
    )
