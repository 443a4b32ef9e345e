"""Django's name for this room."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """The room ``kernel/jobs``."""

    name = "hengneng.kernel.jobs"
    label = "jobs"
