"""List filters: each offers and accepts only what the user's own rows have."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from registrations.admin.tenant import by_conference, organization_ids, own
from registrations.models.conference_view import ConferenceView, SeatTypeView
from registrations.queries import outbox

Choices = list[tuple[str, str]]


class ChosenFilter(admin.SimpleListFilter):
    """Filters one column by one of the offered values; any other shows nothing."""

    column = ""

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        value = self.value()
        if value is None:
            return queryset
        if value not in {str(offered) for offered, _label in self.lookup_choices}:
            return queryset.none()
        return queryset.filter(**{self.column: value})


class ConferenceFilter(ChosenFilter):
    title = _("conference")
    parameter_name = column = "conference_id"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        conferences = by_conference(own(request, ConferenceView.objects.all()))
        return [(str(one.pk), one.name) for one in conferences]


class SeatTypeFilter(ChosenFilter):
    """Offers the seat types of the chosen conference; without one, of all of them."""

    title = _("seat type")
    parameter_name = column = "seat_type_id"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        rows = SeatTypeView.objects.select_related("conference")
        ids = organization_ids(request)
        if ids is not None:
            rows = rows.filter(conference__organization_id__in=ids)
        chosen = request.GET.get("conference_id")
        return [
            (str(row.pk), f"{row.name} ({row.conference})" if not chosen else row.name)
            for row in rows.order_by("conference__name", "position", "name")
            if not chosen or str(row.conference_id) == chosen
        ]


class YesNoFilter(admin.SimpleListFilter):
    yes = _("Yes")
    no = _("No")
    condition = Q()

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("yes", str(self.yes)), ("no", str(self.no))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() == "yes":
            return queryset.filter(self.condition)
        if self.value() == "no":
            return queryset.exclude(self.condition)
        return queryset


class AttentionFilter(YesNoFilter):
    title = _("needs attention")
    parameter_name = "needs_attention"
    condition = ~Q(attention="")


class PaymentReturnedFilter(YesNoFilter):
    title = _("payment returned")
    parameter_name = "returned"
    condition = ~Q(payment_returned="")


class AssignedFilter(YesNoFilter):
    """Attendees are meant where nobody asks for the empty seats as well."""

    title = _("assigned")
    parameter_name = "assigned"
    condition = ~Q(email="")

    def lookups(self, request: HttpRequest, model_admin: Any) -> Choices:
        return [("no", str(self.no)), ("all", str(_("All")))]

    def choices(self, changelist: Any) -> Iterator[Any]:
        everything, *others = super().choices(changelist)
        yield everything | {"display": self.yes}
        yield from others

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset.filter(self.condition)
        return super().queryset(request, queryset)


class TakenUpFilter(admin.DateFieldListFilter):
    """The column as the list calls it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.title = _("taken up")


class StuckFilter(YesNoFilter):
    """What nobody sends any more unless somebody asks for it."""

    title = _("not sent")
    parameter_name = "stuck"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        self.condition = Q(pk__in=outbox.stuck(timezone.now()).values("pk"))
        return super().queryset(request, queryset)
