"""Set-up, supervision and checks: what `make` calls. Nothing here is imported by a room."""
