"""The programme is passed on to other platforms, by name; addresses are secret and not here."""
