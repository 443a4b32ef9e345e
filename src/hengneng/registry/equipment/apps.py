"""Django's name for this room."""

from django.apps import AppConfig


class EquipmentConfig(AppConfig):
    """The room ``registry/equipment``."""

    name = "hengneng.registry.equipment"
    label = "equipment"
