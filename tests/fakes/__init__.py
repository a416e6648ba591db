"""Stand-ins for the ports, one file per port; each passes its port's suite in tests/ports/."""
