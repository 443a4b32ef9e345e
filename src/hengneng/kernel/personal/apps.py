"""Django's name for this room."""

from django.apps import AppConfig


class PersonalConfig(AppConfig):
    """The room ``kernel/personal``."""

    name = "hengneng.kernel.personal"
    label = "personal"
