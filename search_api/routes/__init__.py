"""Routes parse, call, return."""
