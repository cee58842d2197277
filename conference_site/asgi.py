"""The ASGI application, for servers that speak nothing else."""

import os
from importlib import import_module

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conference_site.settings")
application = get_asgi_application()
# Its models need the apps that the line above has loaded.
import_module("conference_site.serving").refuse_to_start()
