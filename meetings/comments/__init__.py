"""Comments and likes."""
