"""What ``dialplane quality`` shows."""

from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Final

from dialplane.admin.v1.quality_service_pb2 import MeasureQualityResponse, QualityFigure
from dialplane_service.cli import documents
from dialplane_service.cli.documents import Document
from dialplane_service.cli.screen import Screen

ANYWHERE: Final = "all"
_COLUMNS: Final = ("provider", "prefix", "attempts", "ASR %", "ACD s", "PDD ms")
_TENTH: Final = Decimal("0.1")


def figure_document(figure: QualityFigure) -> Document:
    """A figure for programs: what was counted, and the rate and the means that this gives, to a tenth."""
    return {
        "provider": figure.provider,
        "prefix": figure.prefix,
        "attempts": figure.attempts,
        "answered": figure.answered,
        "talk_ms": figure.talk_ms,
        "pdd_attempts": figure.pdd_attempts,
        "pdd_ms": figure.pdd_ms,
        "asr_percent": _mean(100 * figure.answered, figure.attempts),
        "acd_s": _mean(figure.talk_ms, 1000 * figure.answered),
        "mean_pdd_ms": _mean(figure.pdd_ms, figure.pdd_attempts),
        "measured_from": documents.instant(figure, "measured_from"),
        "measured_to": documents.instant(figure, "measured_to"),
    }


def show_figures(screen: Screen, figures: Sequence[QualityFigure], *, as_json: bool) -> None:
    """Write figures."""
    found = [figure_document(figure) for figure in figures]
    if as_json:
        screen.document({"figures": found})
        return
    if not found:
        screen.line("No figures: nothing was measured of such calls in the last window.")
        return
    # All figures are of one window: they are replaced at once.
    screen.line(f"Calls from {found[0]['measured_from']} to {found[0]['measured_to']}")
    screen.line()
    screen.table(_COLUMNS, [_row(each) for each in found])


def show_measured(screen: Screen, answer: MeasureQualityResponse, *, as_json: bool) -> None:
    """Write what came of a measurement."""
    document = {
        "changed": answer.changed,
        "measured_from": documents.instant(answer, "measured_from"),
        "measured_to": documents.instant(answer, "measured_to"),
    }
    if as_json:
        screen.document(document)
        return
    screen.line(f"Measured the calls from {document['measured_from']} to {document['measured_to']}")
    screen.line("The figures are new." if answer.changed else "The figures are as before.")


def _row(found: Document) -> list[str]:
    return [
        found["provider"],
        found["prefix"] or ANYWHERE,
        str(found["attempts"]),
        found["asr_percent"] or "",
        found["acd_s"] or "",
        found["mean_pdd_ms"] or "",
    ]


def _mean(total: int, count: int) -> str | None:
    if not count:
        return None
    return str((Decimal(total) / count).quantize(_TENTH, ROUND_HALF_EVEN))
