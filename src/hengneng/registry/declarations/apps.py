"""Django's name for this room."""

from django.apps import AppConfig


class DeclarationsConfig(AppConfig):
    """The room ``registry/declarations``."""

    name = "hengneng.registry.declarations"
    label = "declarations"
