from collections.abc import Sequence

from dialplane_service.domain.findings import Finding


class FakeDatabaseInspector:
    """Port `DatabaseInspector`: finds what it is given."""

    def __init__(self, *findings: Finding) -> None:
        self.findings = findings

    async def inspect(self) -> Sequence[Finding]:
        return self.findings
