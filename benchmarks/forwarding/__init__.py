"""
CPU per forwarded packet, beside Janus's VideoRoom, in one run on one machine.

    python -m benchmarks.forwarding
"""
