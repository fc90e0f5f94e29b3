"""Captions of the programme: as WebVTT for players, and recognised from its sound."""
