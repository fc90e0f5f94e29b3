"""Captions by a machine: an optional process that listens to the programme."""
