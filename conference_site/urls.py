"""Where everything is mounted."""

from django.contrib import admin
from django.urls import include, path

from conference_site import health, metrics, views

handler400 = views.bad_request
handler403 = views.permission_denied
handler404 = views.page_not_found
handler500 = views.server_error

urlpatterns = [
    path("live", health.live, name="live"),
    path("ready", health.ready, name="ready"),
    path("metrics", metrics.metrics, name="metrics"),
    path("admin/", admin.site.urls),
    path("api/v1/", include("registrations.api.urls")),
    path("", include("payments.web.urls")),
    path("", include("registrations.web.urls")),
]
