"""Django's name for this room."""

from django.apps import AppConfig


class FilesConfig(AppConfig):
    """The room ``kernel/files``."""

    name = "hengneng.kernel.files"
    label = "files"
