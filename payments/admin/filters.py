"""List filters that speak in words."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from payments.gateways import registry
from payments.models import Case
from payments.reasons import REASONS

Choices = list[tuple[str, Any]]


class AttentionFilter(admin.SimpleListFilter):
    """Whatever it is that needs attention."""

    title = _("needs attention")
    parameter_name = "needs_attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("yes", _("Yes")), *Case.Kind.choices, ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        cases = Case.objects.filter(closed_at__isnull=True, payment__isnull=False)
        if self.value() == "no":
            return queryset.exclude(pk__in=cases.values("payment"))
        if self.value() != "yes":
            cases = cases.filter(kind=self.value())
        return queryset.filter(pk__in=cases.values("payment"))


class OpenFilter(admin.SimpleListFilter):
    """Open cases are meant where nobody asks for the others."""

    title = _("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("closed", _("Closed")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        everything, *others = super().choices(changelist)
        yield everything | {"display": _("Open")}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        match self.value():
            case None:
                return queryset.filter(closed_at__isnull=True)
            case "closed":
                return queryset.filter(closed_at__isnull=False)
            case "all":
                return queryset
        return queryset.none()


class WordFilter(admin.SimpleListFilter):
    """Filters a column of codes by what they mean."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value is None:
            return queryset
        return queryset.filter(**{str(self.parameter_name): value})


class ReasonFilter(WordFilter):
    title = _("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return list(REASONS.items())


class ProviderFilter(WordFilter):
    title = _("provider")
    parameter_name = "provider"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [(code, gateway.label) for code, gateway in registry.GATEWAYS.items()]
