"""What an Asterisk server's files say of the decision data. Pure: rows in, text out, the same text for the same rows.

Switches (``enabled``, ``carries_outgoing`` …) change nothing here: the service obeys them at once and everywhere,
and a file that had to follow would lag behind. Only servers that are switched off are left out.
"""
