"""Unmasking: the desk learns the real name behind a chosen one, and the record says so."""
