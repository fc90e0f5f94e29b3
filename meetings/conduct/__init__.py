"""The meeting as a whole: planned, opened, in recess, closed."""
