"""The WSGI application that granian serves."""

import os

from django.core.wsgi import get_wsgi_application

from hengneng.web.terminals import handler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hengneng.settings")
application = handler.beside(get_wsgi_application())
