"""What a run is to measure, as the verb tells it to the load's process."""

import msgspec


class Plan(msgspec.Struct, frozen=True):
    """What to measure.

    Attributes:
        port: Of the product.
        rows_port: Of the baseline's front.
        seconds: Length of a run. [s]
        rounds: Runs of each kind. [count]
        units: Units of each flavour. [count]
        connections: At once. [count]
        limit_s: After which nothing more is waited for. [s]
        processes: File with the product's process ids by role.
        result: Where the result is to be kept.
    """

    port: int
    rows_port: int
    seconds: float
    rounds: int
    units: int
    connections: int
    limit_s: float
    processes: str
    result: str


class PagesPlan(msgspec.Struct, frozen=True):
    """What a run of ``bench pages`` is to measure.

    Attributes:
        port: Of the product.
        units: Units of the city. [count]
        askings: How often each page is asked for. [count]
        limit_s: After which nothing more is waited for. [s]
        result: Where the result is to be kept.
    """

    port: int
    units: int
    askings: int
    limit_s: float
    result: str
