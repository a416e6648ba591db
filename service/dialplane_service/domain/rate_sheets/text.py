"""Rates as text: what a deck is named by, and how steps are written."""

from collections.abc import Iterable

from dialplane_service.domain.rate_decks import RateChunk
from dialplane_service.domain.rate_sheets.amounts import shown
from dialplane_service.domain.rate_sheets.records import StepText, Terms


def steps_text(steps: Iterable[StepText]) -> str:
    """Steps as ``60:0.012/1;600:0.01/1``."""
    return ";".join(
        f"{step.from_s}:{shown(step.price_per_minute)}/{step.increment_s}" for step in steps
    )


def chunk_text(chunk: RateChunk) -> bytes:
    """The chunk as lines, the same for the same rates in whatever chunks they came."""
    lines = []
    for terms, rates in chunk.groups:
        said = _terms_text(terms)
        lines += [f"{prefix}\t{price}\t{name}\t{said}\n" for prefix, name, price in rates]
    lines.sort()
    return "".join(lines).encode()


def _terms_text(terms: Terms) -> str:
    hours = "" if terms.hours is None else f"{terms.hours.timezone} {terms.hours.spec}"
    numbers = (terms.first_increment_s, terms.next_increment_s, terms.minimum_s, int(terms.blocked))
    return f"{shown(terms.connect_fee)}\t{numbers}\t{hours}\t{steps_text(terms.steps)}"
