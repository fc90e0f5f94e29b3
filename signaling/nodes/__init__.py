"""Which node hosts a meeting's media: packets of one meeting meet in one forwarder."""
