"""The video link: who is muted, stopped, removed or locked out, and how well each call went."""
