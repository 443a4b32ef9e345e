"""Django's name for this room."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The room ``kernel/audit``."""

    name = "hengneng.kernel.audit"
    label = "audit"
