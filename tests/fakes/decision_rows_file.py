from dialplane_service.domain.decision_data import DecisionRows


class FakeDecisionRowsFile:
    """Port `DecisionRowsFile`: in memory; `failing` makes saving fail."""

    def __init__(self, rows: DecisionRows | None = None) -> None:
        self.rows = rows
        self.saves = 0
        self.failing = False

    def load(self) -> DecisionRows | None:
        return self.rows

    def save(self, rows: DecisionRows) -> None:
        if self.failing:
            raise OSError(28, "No space left on device")
        self.saves += 1
        if self.rows is None or rows.loaded_at >= self.rows.loaded_at:
            self.rows = rows
