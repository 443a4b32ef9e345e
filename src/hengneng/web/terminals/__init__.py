"""The front that terminals speak to: the national flavour and the native channel.

Clauses: Notice 三(二)2, 三(二)3; ARCHITECTURE 5.1. Words: terminal, message, rejection.

Beside views and routes: ``reception.py`` reads bodies within their limits, ``refusals.py`` says why
an upload is refused, ``handler.py`` answers without the sessions and languages people need,
``short.py`` answers plain uploads without even a request object.
"""
