"""Captions: what is said, in writing; typed by the desk or recognised by a machine."""
