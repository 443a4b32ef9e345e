"""One file a page, and what the pages need beside it."""
