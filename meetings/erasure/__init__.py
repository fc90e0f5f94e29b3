"""Erasure: somebody's name and contact leave the register for good; the record stays as it is."""
