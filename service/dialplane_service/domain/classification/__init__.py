"""What kind of call a new channel is, and where it goes."""
