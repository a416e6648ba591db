"""What happens around every request of ours, from the outside in: log, errors, drain, deadline."""
