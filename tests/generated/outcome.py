"""What came of generated inputs: counts for the table, and complaints."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass
class Outcomes:
    """The counts of one RPC or shim."""

    name: str
    seen: Counter[tuple[str, str]] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)
    seconds: float = 0.0

    def note(self, kind: str, outcome: str, complaint: str = "") -> None:
        """Count one input."""
        self.seen[kind, outcome] += 1
        if complaint:
            self.complaints.append(f"{kind}: {complaint}")

    def add(self, other: "Outcomes") -> None:
        """Count another's as well, which ran at the same time."""
        self.seen += other.seen
        self.complaints += other.complaints
        self.seconds = max(self.seconds, other.seconds)

    def total(self, *, valid: bool) -> int:
        """How many inputs were valid, or hostile."""
        return sum(n for (kind, _), n in self.seen.items() if (kind == "valid") == valid)

    def table(self) -> str:
        """What came of the valid ones, and of each hostile class."""
        valid, bad = self.total(valid=True), self.total(valid=False)
        classes = len({kind for kind, _ in self.seen}) - 1
        lines = [
            f"{self.name}: {valid} valid, {bad} hostile in {classes} classes, {self.seconds:.1f} s"
        ]
        for kind in sorted(
            {kind for kind, _ in self.seen}, key=lambda kind: (kind != "valid", kind)
        ):
            found = {outcome: n for (of, outcome), n in sorted(self.seen.items()) if of == kind}
            what = ", ".join(f"{outcome} {n}" for outcome, n in found.items())
            lines.append(f"  {kind:42} {what}")
        return "\n".join(lines)

    def verdict(self) -> str:
        """The complaints, the first of each class in full; empty: none."""
        first: dict[str, str] = {}
        for complaint in self.complaints:
            first.setdefault(
                complaint.partition(":")[0] + complaint.partition(":")[2][:12], complaint
            )
        shown = "\n".join(text[:1500] for text in list(first.values())[:15])
        return f"{len(self.complaints)} wrong:\n{shown}" if self.complaints else ""
