"""The routes of a call: every candidate, which of them may be used, and the one that is next."""
