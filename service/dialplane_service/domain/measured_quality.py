"""Quality figures as people ask for them: of whom, of when."""

from dataclasses import dataclass
from datetime import datetime

from dialplane_service.domain.ranking.quality import QualityFigure


@dataclass(frozen=True, slots=True)
class Window:
    """From an instant, itself in it, to another, itself not in it."""

    begin: datetime
    end: datetime


@dataclass(frozen=True, slots=True)
class MeasuredQuality:
    """A figure with its provider's name and the window that it is of."""

    provider: str
    figure: QualityFigure
    window: Window


def concerns(measured: MeasuredQuality, provider: str, prefix: str) -> bool:
    """Whether a figure is of this provider and says something of this prefix; empty: of any.

    It does when its own prefix is longer, and when it is shorter: then it counts for those numbers too.
    """
    own = measured.figure.prefix
    return provider in ("", measured.provider) and (
        own.startswith(prefix) or prefix.startswith(own)
    )
