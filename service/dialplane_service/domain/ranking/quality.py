"""What was measured of providers, and by how much they fall short of a plan's targets."""

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from dialplane_service.domain.ranking.plan import Quality

_MILLION = 10**6


@dataclass(frozen=True, slots=True)
class QualityFigure:
    """Calls over a provider to a prefix, within the window that the figures are of (table ``quality_figures``).

    ``prefix`` empty: to anywhere. ``talk_ms`` of all answered calls, ``pdd_ms`` post-dial delay of the
    ``pdd_attempts`` attempts of which it is known, each summed. What is counted: ``usp_measure_quality``.
    """

    provider_id: int
    prefix: str
    attempts: int
    answered: int
    talk_ms: int
    pdd_ms: int
    pdd_attempts: int


def shortfall(figure: QualityFigure, targets: Quality) -> int:
    """By how much the figure misses the targets, each by its relative distance, summed, in millionths rounded down.

    The post-dial delay has a sample of its own: known of fewer attempts than the minimum, it misses nothing.
    """
    missed: list[Fraction] = []
    if targets.asr_percent is not None:
        asr = Fraction(figure.answered, figure.attempts)
        missed.append(1 - asr / (Fraction(targets.asr_percent) / 100))
    if targets.acd_s is not None:
        acd = Fraction(figure.talk_ms, 1000 * max(figure.answered, 1))
        missed.append(1 - acd / targets.acd_s)
    if targets.pdd_ms is not None and figure.pdd_attempts >= max(targets.minimum_sample, 1):
        pdd = Fraction(figure.pdd_ms, figure.pdd_attempts)
        missed.append(pdd / targets.pdd_ms - 1)
    return int(sum(part for part in missed if part > 0) * _MILLION)


class QualityFigures:
    """All figures, asked by provider and number. Immutable but for what it keeps of answers to targets."""

    __slots__ = ("_by_length", "_kept")

    def __init__(self, figures: Iterable[QualityFigure] = ()) -> None:
        lengths: dict[int, dict[int, dict[str, QualityFigure]]] = {}
        for figure in figures:
            of_length = lengths.setdefault(figure.provider_id, {})
            of_length.setdefault(len(figure.prefix), {})[figure.prefix] = figure
        self._by_length = {
            provider_id: tuple(sorted(of_length.items(), reverse=True))
            for provider_id, of_length in lengths.items()
        }
        self._kept: dict[Quality, dict[tuple[int, str], int]] = {}

    def penalty(self, targets: Quality, provider_id: int, digits: str) -> int:
        """The shortfall by the longest prefix with a large enough sample; 0 where there is none.

        Costs a look-up per length of prefix that the provider has figures for; what a figure falls
        short by is worked out when it is first asked for.
        """
        least = max(targets.minimum_sample, 1)
        for length, figures in self._by_length.get(provider_id, ()):
            figure = figures.get(digits[:length]) if length <= len(digits) else None
            if figure is not None and figure.attempts >= least:
                return self._shortfall(figure, targets)
        return 0

    def _shortfall(self, figure: QualityFigure, targets: Quality) -> int:
        kept = self._kept.setdefault(targets, {})
        key = figure.provider_id, figure.prefix
        if key not in kept:
            kept[key] = shortfall(figure, targets)
        return kept[key]
