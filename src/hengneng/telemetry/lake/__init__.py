"""Closed months copied to Parquet files under a manifest, for questions over years and cities.

PostgreSQL stays authoritative: a copy is never read back into it. Clauses: Notice 三(二)3, 四(三);
ARCHITECTURE 5.6, decision 0009. Words: edition. Files more than other rooms have: ``parquet.py``,
the one module that knows DuckDB; ``store.py``, the folder of the files and how they are published.
"""
