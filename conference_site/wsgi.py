"""The WSGI application that gunicorn serves."""

import os
from importlib import import_module

from django.core.wsgi import get_wsgi_application

from conference_site.charsets import refuse_others

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conference_site.settings")
application = refuse_others(get_wsgi_application())
# Its models need the apps that the line above has loaded.
application = import_module("conference_site.serving").guarded(application)
