"""
Secret ballots: papers that are signed without being seen, and the box that they are cast into.

`docs/secrecy.md` says who can see what, and what this does not protect against.
"""
