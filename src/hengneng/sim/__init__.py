"""Virtual meters: registers that integrate real buildings' loads (ARCHITECTURE 11).

``loads/`` says what buildings use, ``meters`` what a meter counts of it. Stands on protocol and
gateway only; reaches the platform by wire only.
"""
