"""The forms by date (``forms``), what is written into them (``filling``), balance, figures."""
