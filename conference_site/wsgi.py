"""The WSGI application that gunicorn serves."""

import os

from django.core.wsgi import get_wsgi_application

from conference_site.charsets import refuse_others

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "conference_site.settings")
application = refuse_others(get_wsgi_application())
