"""Django's name for this room."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """The room ``programme/notices``."""

    name = "hengneng.programme.notices"
    label = "notices"
