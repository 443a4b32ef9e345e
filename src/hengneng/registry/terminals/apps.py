"""Django's name for this room."""

from django.apps import AppConfig


class TerminalsConfig(AppConfig):
    """The room ``registry/terminals``."""

    name = "hengneng.registry.terminals"
    label = "terminals"
