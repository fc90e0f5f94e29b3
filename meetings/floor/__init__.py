"""The floor: who may speak, and who waits for it."""
