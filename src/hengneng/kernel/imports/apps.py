"""Django's name for this room."""

from django.apps import AppConfig


class ImportsConfig(AppConfig):
    """The room ``kernel/imports``."""

    name = "hengneng.kernel.imports"
    label = "imports"
