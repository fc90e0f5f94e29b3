"""The recording, as the record knows it: what its files hold, who keeps it, when it was deleted."""
