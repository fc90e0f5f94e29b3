"""
The demonstration: a living meeting, played by clients that come over the network as anybody does.

`client` speaks the meeting socket, `camera` is a room camera or a remote official in a process of
its own, `script` is what happens in the meeting, `run` starts it all and prints the links. Nothing
here is imported by the service itself.
"""
