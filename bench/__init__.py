"""What the service costs, measured against the floor it stands on, in one run on one machine."""
