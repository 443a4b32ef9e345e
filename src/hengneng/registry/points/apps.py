"""Django's name for this room."""

from django.apps import AppConfig


class PointsConfig(AppConfig):
    """The room ``registry/points``."""

    name = "hengneng.registry.points"
    label = "points"
