"""Background work on PostgreSQL and the progress it shows (ARCHITECTURE 4, 9).

The queue is procrastinate's, on the same database. A room's ``jobs.py`` holds its entry points;
they are found because ``PROCRASTINATE_AUTODISCOVER_MODULE_NAME`` is ``jobs``. Words: *progress*, a
row that a person can watch: how much there is, how much is done, when it will be.
"""
