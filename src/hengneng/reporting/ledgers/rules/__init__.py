"""The forms by date (``forms``), what is written into them (``filling``), a year's balance."""
