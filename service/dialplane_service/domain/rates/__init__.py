"""Prices: decks, rates, the hours and dates they hold for, currencies, and what a call costs. Exact throughout."""
