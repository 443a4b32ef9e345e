"""Background work on PostgreSQL, the progress it shows, its signs of life (ARCHITECTURE 4, 9).

The queue is procrastinate's, on the same database. A room's ``jobs.py`` holds its entry points;
they are found because ``PROCRASTINATE_AUTODISCOVER_MODULE_NAME`` is ``jobs``. Words: *progress*, a
row that a person can watch: how much there is, how much is done, when it will be;
*beat*, the last sign of life of a process that works for ever.
"""
