"""Names that a program can learn without importing anything else."""

# A decision is asked for, and its answer is what the call does next.
DECISIONS = ("incoming", "make_a_route", "incoming_dialer")
# An event has happened: it is delivered or kept.
EVENTS = ("create_channel_record", "predial", "hangup")

# The variable that says what became of a step.
STATUS = "DIALPLANE_STATUS"
