"""What a step and a call cost on a real Asterisk."""
