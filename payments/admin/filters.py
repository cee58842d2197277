"""List filters that speak in words."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from payments.gateways import registry
from payments.models import Payment
from payments.reasons import REASONS

Choices = list[tuple[str, Any]]


class AttentionFilter(admin.SimpleListFilter):
    """Whatever it is that needs attention."""

    title = _("needs attention")
    parameter_name = "needs_attention"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        kinds = [choice for choice in Payment.Attention.choices if choice[0]]
        return [("yes", _("Yes")), *kinds, ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "yes":
            return queryset.exclude(attention="")
        if self.value() == "no":
            return queryset.filter(attention="")
        return queryset.filter(attention=self.value()) if self.value() else queryset


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
