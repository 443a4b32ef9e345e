"""Django's name for this room."""

from django.apps import AppConfig


class LakeConfig(AppConfig):
    """The room ``telemetry/lake``; it has jobs and no tables."""

    name = "hengneng.telemetry.lake"
    label = "lake"
