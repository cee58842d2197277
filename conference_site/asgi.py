"""The ASGI application, for servers that speak nothing else; see `may_serve`."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conference_site.settings")
application = get_asgi_application()
