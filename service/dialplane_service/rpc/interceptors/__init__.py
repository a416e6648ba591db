"""What happens around every request of ours, from the outside in: errors, log, drain, deadline, decoding."""
