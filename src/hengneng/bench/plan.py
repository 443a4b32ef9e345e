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


class BackfillPlan(msgspec.Struct, frozen=True):
    """What a run of ``bench backfill`` is to measure.

    Attributes:
        port: Of the product.
        rows_port: Of the baseline's front.
        units: Units of the city. [count]
        connections: At once. [count]
        limit_s: After which nothing more is waited for. [s]
        processes: File with the product's process ids by role.
        result: Where the result is to be kept.
    """

    port: int
    rows_port: int
    units: int
    connections: int
    limit_s: float
    processes: str
    result: str


class QueryPlan(msgspec.Struct, frozen=True):
    """What a run of ``bench query`` is to measure.

    Attributes:
        units: Units of the city. [count]
        askings: How often each question is asked. [count]
        limit_s: After which nothing more is waited for. [s]
        result: Where the result is to be kept.
    """

    units: int
    askings: int
    limit_s: float
    result: str


class LakePlan(msgspec.Struct, frozen=True):
    """What a run of ``bench lake`` is to measure.

    Attributes:
        units: Units of the city. [count]
        rounds: How often the questions are asked. [count]
        limit_s: After which nothing more is waited for. [s]
        result: Where the result is to be kept.
    """

    units: int
    rounds: int
    limit_s: float
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


class RegistryPlan(msgspec.Struct, frozen=True):
    """What a run of ``bench registry`` is to measure.

    Attributes:
        port: Of the product.
        units: Units of the city. [count]
        askings: How often each page is asked for. [count]
        limit_s: After which nothing more is waited for. [s]
        folder: Where its files are made.
        result: Where the result is to be kept.
    """

    port: int
    units: int
    askings: int
    limit_s: float
    folder: str
    result: str


class ImportPlan(msgspec.Struct, frozen=True):
    """A list that a process of its own is to import.

    Attributes:
        kind: The kind of list.
        file: The file.
        result: Where the times and the memory taken are to be kept.
    """

    kind: str
    file: str
    result: str


class Imported(msgspec.Struct, frozen=True):
    """What an import took.

    Attributes:
        preview_s: To tell what it would do. [s]
        commit_s: To do it. [s]
        memory_mb: The most memory that its process ever held. [MB]
        new: Rows that were new. [count]
        refused: The first reason for which a row was refused; empty: none was.
    """

    preview_s: float
    commit_s: float
    memory_mb: float
    new: int
    refused: str
