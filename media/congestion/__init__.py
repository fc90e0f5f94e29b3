"""
What one connection can carry, and who gets what of it. Without I/O and without a clock.

`Outflow` (all that leaves towards one subscriber) numbers and paces packets and remembers when they
left; `Estimate` makes a bitrate of the feedback; `allocate` divides it among the pictures.
`Arrivals` is the other direction: it tells a publisher when its packets came.
Figures and their sources are in `media.congestion.tuning`; the whole is told in docs/congestion.md.
"""
