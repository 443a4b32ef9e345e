"""The embedded PostgreSQL server: init, start, health, stop, recovery (ARCHITECTURE 4).

No table, no Django: it runs before settings load. ``rules`` holds the server's configuration as
text, ``queries`` where its parts are and whether it runs, ``operations`` what starts and stops it.
"""
