"""Packets of RTP (RFC 3550) and its feedback, read and written; no state, no I/O."""
