"""Enter consumers, say by date what they are and what they need; load editions of GB 17167."""

from hengneng.registry.equipment.operations.consumers import (
    ConsumerExists,
    ForeignConsumer,
    NoCode,
    UnknownEnergyType,
    create_consumer,
    describe_consumer,
    retire_consumer,
    set_demand,
)
from hengneng.registry.equipment.operations.many import NewConsumer, enter_consumers
from hengneng.registry.equipment.operations.rule_sets import load_rule_set, load_shipped

__all__ = [
    "ConsumerExists",
    "ForeignConsumer",
    "NewConsumer",
    "NoCode",
    "UnknownEnergyType",
    "create_consumer",
    "describe_consumer",
    "enter_consumers",
    "load_rule_set",
    "load_shipped",
    "retire_consumer",
    "set_demand",
]
