"""What a meeting's programme costs, scene by scene."""
