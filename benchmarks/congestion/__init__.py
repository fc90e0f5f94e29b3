"""What transport-wide numbers and the feedback about them cost the forwarder."""
