"""
The programme: one picture and one sound for everybody who is not on the video link.

A worker process per room decodes only what is shown, composes on a fixed clock, encodes once and
writes Low-Latency HLS parts, which are the recording too.
"""
