"""Django's name for this room."""

from django.apps import AppConfig


class BodiesConfig(AppConfig):
    """The room ``registry/bodies``."""

    name = "hengneng.registry.bodies"
    label = "bodies"
