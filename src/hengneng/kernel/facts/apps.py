"""Django's name for this room."""

from django.apps import AppConfig


class FactsConfig(AppConfig):
    """The room ``kernel/facts``."""

    name = "hengneng.kernel.facts"
    label = "facts"
