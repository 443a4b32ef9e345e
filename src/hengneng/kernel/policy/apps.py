"""Django's name for this room."""

from django.apps import AppConfig


class PolicyConfig(AppConfig):
    """The room ``kernel/policy``."""

    name = "hengneng.kernel.policy"
    label = "policy"
