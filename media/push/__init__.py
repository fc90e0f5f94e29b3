"""Passes the programme on to another platform over RTMP, as it is coded; a process for each."""
