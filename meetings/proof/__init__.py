"""
Proof: what shows anybody that a record was not changed.

The store chains the entries (`meetings.record.chain`); here the chain is signed at checkpoints,
written into one file together with what belongs to it, and such a file is checked.
"""
