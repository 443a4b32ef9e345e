"""One file a page, and the buttons of the to-dos."""
