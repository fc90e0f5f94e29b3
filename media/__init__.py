"""
RTP forwarding, the programme, the livestream and the recording.

A process of its own, driven through `control.MediaPlane`. It knows rooms, peers and people by id,
and nothing of meetings: who may be heard and what the programme shows is told to it.
"""
