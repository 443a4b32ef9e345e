"""For those who run the platform: is it alive, is it ready, how does it stand.

Clauses: Notice 四 (kept stable); ARCHITECTURE 10 (``/healthz``, ``/readyz``, ``/metrics``).
Words: readiness, check, metric.

``checks`` what readiness asks · ``metrics`` figures in Prometheus' text form · ``views`` the three
routes.
"""
