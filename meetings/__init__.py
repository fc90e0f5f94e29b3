"""
The record of a meeting and its rules.

Everything that happens in a meeting is one entry in an append-only, ordered record. What people
see is a fold of it. This package is pure: no clock, no randomness, no I/O, but for `service`
(submits commands) and `record` (stores entries). It knows nothing of sockets or media.
"""
