"""
A call of two over bad lines, beside Debian's Janus, with the same luck.

    python -m benchmarks.network
"""
