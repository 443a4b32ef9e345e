"""Django's name for this room."""

from django.apps import AppConfig


class ViewsConfig(AppConfig):
    """The room ``people/views``."""

    name = "hengneng.people.views"
    label = "views"
