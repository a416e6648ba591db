"""Numbers, classification, caller-ID policy, routes, dial strings: pure, no clock, no I/O."""
