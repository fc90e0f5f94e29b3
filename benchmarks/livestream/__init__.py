"""Glass-to-glass latency of the livestream, and what the worker costs."""
