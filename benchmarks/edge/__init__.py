"""What the caches of `edge/` cost, and what follows from it for large audiences."""
