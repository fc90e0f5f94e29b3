"""
An IP camera as a source: RTSP in, WHIP out, in a process of its own.

The camera's pictures are passed on as it coded them; its sound is decoded and coded anew, since no
camera sends Opus. To the service the process is an encoder like any other.
"""
