"""Measurements. Each module prints figures and asserts nothing."""
