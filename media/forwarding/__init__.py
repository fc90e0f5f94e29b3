"""
Forwarding of RTP between a publisher and its subscribers, without I/O and without a clock.

`Ingress` (a publisher's tracks) --packets--> `Subscription` (one track to one subscriber), which is
kept by an `Egress` (all that one subscriber gets). Times are seconds of the monotonic clock, given
with each call; sending is a function given at the start.
"""
