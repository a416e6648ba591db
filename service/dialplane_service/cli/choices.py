"""Closed lists of words that options take."""

from enum import StrEnum


class TierChoice(StrEnum):
    """A tier, as people write it."""

    NON_CLI = "NON_CLI"
    CLI = "CLI"
    PREMIUM_CLI = "PREMIUM_CLI"
