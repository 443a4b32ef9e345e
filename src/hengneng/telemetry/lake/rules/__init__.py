"""When a month is closed, what its files hold, what the manifest says, what is asked of it."""
