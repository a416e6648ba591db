"""What a check is, and how it says what it found."""

from collections.abc import Callable, Iterator
from typing import TypeAlias

from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.findings import Finding, Severity
from dialplane_service.domain.records import UNDEFINED_SERVER_ID, Server

Findings: TypeAlias = Iterator[Finding]
Check: TypeAlias = Callable[[DecisionData], Findings]
"""Looks at all the data for one kind of fault; its cost grows no faster than the rows."""


def notice(code: str, subject: str, problem: str, remedy: str) -> Finding:
    """Worth knowing."""
    return Finding(Severity.NOTICE, code, subject, problem, remedy)


def warning(code: str, subject: str, problem: str, remedy: str) -> Finding:
    """Some calls go wrong."""
    return Finding(Severity.WARNING, code, subject, problem, remedy)


def error(code: str, subject: str, problem: str, remedy: str) -> Finding:
    """A whole class of calls does not work, or goes where it must not."""
    return Finding(Severity.ERROR, code, subject, problem, remedy)


def servers_in_use(data: DecisionData) -> list[Server]:
    """The servers that can ask and be reached: switched on, and not the article's "undefined"."""
    return [row for row in data.rows.servers if row.enabled and row.id != UNDEFINED_SERVER_ID]


def unusable_server(data: DecisionData, server_id: int) -> str | None:
    """Why nothing can live on a server, as the end of a sentence; ``None``: it can."""
    server = data.server.get(server_id)
    if server is None:
        return f"server {server_id}, which does not exist"
    if server.id == UNDEFINED_SERVER_ID:
        return f"server {server_id}, which is only a placeholder"
    if not server.enabled:
        return f"server {server.servername}, which is switched off"
    return None
