"""Logs: how they are written, and what of a call they may show."""
