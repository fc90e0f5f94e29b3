"""How soon everybody sees who was given the floor."""
