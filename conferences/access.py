"""Who may do what in which organization: by role, and nothing by default.

`TenantAdmin` serves the admin classes of this app. Other apps may not import it: the
request carries the answer (`organization_ids`, `organization_roles`, set by the site's
RequestContextMiddleware), and each of them writes its own few lines on top of that.
"""

from collections.abc import Collection
from operator import attrgetter
from typing import Any
from uuid import UUID

from django.contrib import admin
from django.contrib.auth.models import AbstractBaseUser, AnonymousUser
from django.db.models import Model, QuerySet
from django.db.models.fields.related import RelatedField
from django.http import HttpRequest

from conferences.models import Membership

Role = Membership.Role
User = AbstractBaseUser | AnonymousUser

VIEWERS = frozenset({Role.OWNER, Role.ORGANIZER, Role.VIEWER})
EDITORS = frozenset({Role.OWNER, Role.ORGANIZER})
OWNERS = frozenset({Role.OWNER})
ROWS_WITHOUT_SCRIPT = 3


def roles_of(user: User) -> dict[UUID, str]:
    """Organization id -> role; empty for whoever is no active staff member."""
    is_staff = getattr(user, "is_staff", False)
    if not (user.is_authenticated and user.is_active and is_staff):
        return {}
    memberships = Membership.objects.filter(user_id=user.pk)
    return dict(memberships.values_list("organization_id", "role"))


def sees_everything(user: User) -> bool:
    return bool(user.is_active and getattr(user, "is_superuser", False))


def organization_ids(user: User) -> set[UUID] | None:
    """The tenants the user belongs to; None (for superusers) means all of them."""
    return None if sees_everything(user) else set(roles_of(user))


def role_in(user: User, organization_id: UUID) -> str | None:
    """The user's role there; None if there is none. Superusers act as owners."""
    if sees_everything(user):
        return Role.OWNER
    return roles_of(user).get(organization_id)


def idswith_role(request: HttpRequest, roles: Collection[str]) -> set[UUID] | None:
    """The tenants in which the caller has one of the roles; None means all."""
    if request.organization_ids is None:  # type: ignore[attr-defined]
        return None
    held: dict[UUID, str] = request.organization_roles  # type: ignore[attr-defined]
    return {organization for organization, role in held.items() if role in roles}


def has_role(request: HttpRequest, roles: Collection[str], organization: Any) -> bool:
    """Whether the caller has one of the roles there; None asks: anywhere at all?"""
    allowed = idswith_role(request, roles)
    if allowed is None:
        return True
    return bool(allowed) if organization is None else organization in allowed


class TenantRoles:
    """Permissions from roles; `organization_of` says to whom an object belongs.

    Django's model permissions are not asked: a role in an organization says it all,
    and whoever has none gets nothing.
    """

    view_roles: Collection[str] = VIEWERS
    change_roles: Collection[str] = EDITORS
    add_roles: Collection[str] = EDITORS
    delete_roles: Collection[str] = EDITORS

    def organization_of(self, obj: Any) -> Any:
        raise NotImplementedError

    def _has_role(self, request: HttpRequest, roles: Collection[str], obj: Any) -> bool:
        organization = None if obj is None else self.organization_of(obj)
        return has_role(request, roles, organization)

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._has_role(request, self.view_roles, obj)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._has_role(request, self.change_roles, obj)

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._has_role(request, self.add_roles, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self._has_role(request, self.delete_roles, obj)


class TenantAdmin(TenantRoles, admin.ModelAdmin):  # type: ignore[type-arg]  # not at run time
    """Shows and changes the rows of the caller's own organizations, nothing else.

    Subclasses name the ORM path from a row to its organization's id. Every list, form,
    action, history and autocomplete goes through `get_queryset`; every foreign key
    offers and accepts only what the admin class of its target shows the caller, and
    nothing at all if the target has none. Related list filters have to be
    `RelatedOnlyFieldListFilter`, which offer what occurs in the caller's own rows.
    """

    organization_lookup = "organization_id"
    view_on_site = False

    def organization_of(self, obj: Any) -> Any:
        return attrgetter(self.organization_lookup.replace("__", "."))(obj)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows = super().get_queryset(request)
        return self.with_role(request, rows, self.view_roles)

    def changeable(self, request: HttpRequest, rows: QuerySet[Any]) -> QuerySet[Any]:
        """For actions: a viewer here may be an organizer there, and mark both rows."""
        return self.with_role(request, rows, self.change_roles)

    def with_role(
        self, request: HttpRequest, rows: QuerySet[Any], roles: Collection[str]
    ) -> QuerySet[Any]:
        allowed = idswith_role(request, roles)
        if allowed is None:
            return rows
        return rows.filter(**{f"{self.organization_lookup}__in": allowed})

    def has_module_permission(self, request: HttpRequest) -> bool:
        return has_role(request, self.view_roles, None)

    def get_field_queryset(
        self, db: str | None, db_field: "RelatedField[Any, Any]", request: HttpRequest
    ) -> QuerySet[Any]:
        """Limits what is offered and, being the form field's rows, what is accepted."""
        target = self.admin_site._registry.get(db_field.remote_field.model)
        if not isinstance(target, TenantAdmin):
            return db_field.remote_field.model._default_manager.none()
        rows = target.get_queryset(request)
        return target.with_role(request, rows, self.change_roles)

    def lookup_allowed(self, lookup: str, value: str, request: HttpRequest) -> bool:
        """Only what is offered as a filter: no probing of other columns by address."""
        offered = {
            name[0] if isinstance(name, tuple) else name
            for name in self.get_list_filter(request)
        }
        if lookup.split("__")[0] not in {str(name) for name in offered}:
            return False
        return super().lookup_allowed(lookup, value, request)


class TenantInline(TenantRoles, admin.StackedInline):  # type: ignore[type-arg]  # not at run time
    """Rows inside a form of their owner, whose permissions decide.

    JavaScript adds empty ones; without it, a link asks for some by naming the model.
    """

    template = "admin/conferences/_rows.html"
    extra = 0

    def get_extra(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> int:
        is_asked_for = request.GET.get("more") == self.opts.model_name
        return ROWS_WITHOUT_SCRIPT if is_asked_for else self.extra

    def organization_of(self, obj: Model) -> Any:
        return getattr(obj, "organization_id", obj.pk)
