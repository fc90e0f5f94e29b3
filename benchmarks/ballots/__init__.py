"""Ballots a second, and how long their acknowledgement takes, through real sockets."""
