"""
Sockets, sessions, resume, fan-out and WebRTC negotiation: what joins people to the record.

`signaling` knows `meetings` and `media`, which know nothing of each other; the one bridge between
them is `floor_to_media`.
"""
