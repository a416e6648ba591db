"""What Asterisk itself says of its channels, and what its processes hold open."""

import csv
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.lab.asterisk_host import AsteriskHost
from tests.lab.lab import Lab
from tests.soak.ran_dialplan import ran_dialplan

_LOG = "channels.csv"
_MAPPING = (
    f"[mappings]\n{_LOG} => "
    "${CSV_QUOTE(${eventtype})},${CSV_QUOTE(${CHANNEL(uniqueid)})},${CSV_QUOTE(${CHANNEL(channame)})}\n"
)


def watch_channels(host: AsteriskHost) -> None:
    """Let Asterisk write down every channel, by its own event log: nothing of ours is in between."""
    (host.folder / "log/cel-custom").mkdir(exist_ok=True)
    (host.folder / "etc/cel_custom.conf").write_text(_MAPPING)
    # 22 keeps what both custom logs have in common in a module of its own.
    for module in ("res_cdrel_custom.so", "cel_custom.so"):
        told = host.cli(f"module load {module}")
        assert "Loaded" in told, told


def channels_of(host: AsteriskHost) -> Counter[str]:
    """The unique ids of all calling and called channels since then, and how often each began.

    What a device forwards goes through two more, the halves of a Local channel. Whoever was gone
    before Asterisk ran anything for the channel is not among them: nobody could report it.
    """
    ran = ran_dialplan(host)
    with (host.folder / f"log/cel-custom/{_LOG}").open(newline="") as file:
        rows = [row for row in csv.reader(file) if len(row) == 3]
    began = (row for row in rows if row[0] == "CHAN_START")
    return Counter(
        row[1] for row in began if row[2].startswith(("PJSIP/", "Local/")) and row[2] in ran
    )


@dataclass(frozen=True)
class Holdings:
    """What a process holds."""

    descriptors: int
    threads: int

    @classmethod
    def of(cls, process: Any) -> "Holdings":
        """Count what a running process holds."""
        folder = Path(f"/proc/{process.pid}")
        return cls(len(list((folder / "fd").iterdir())), len(list((folder / "task").iterdir())))

    def exceeds(self, before: "Holdings", slack: int, idle_threads: int = 0) -> bool:
        """Whether more is held than a pool that breathes, and may keep idle threads, explains."""
        return (
            self.descriptors > before.descriptors + slack
            or self.threads > before.threads + slack + idle_threads
        )


def assert_recorded(lab: Lab, began: Counter[str], ignored: set[str]) -> None:
    """One record and one hangup for each channel; one creation too for each that we dialled.

    The second half of a Local channel dials on: Asterisk made it, and nobody dialled it.
    """
    rows = lab.rows("SELECT unique_id, name, leg, ended_at FROM channels")
    events = lab.rows("SELECT unique_id, event FROM events")
    kept = Counter(row["unique_id"] for row in rows if row["unique_id"] not in ignored)
    hung_up = Counter(row["unique_id"] for row in events if row["event"] == "HANGUP")
    created = Counter(row["unique_id"] for row in events if row["event"] == "CREATED")
    dialled = [row for row in rows if not row["name"].endswith(";2")]
    called = {row["unique_id"] for row in dialled if row["leg"] == "CALLED"} - ignored
    faults = {
        "began twice": [one for one, times in began.items() if times > 1],
        "without a record": sorted(set(began) - set(kept)),
        "recorded, but not Asterisk's": sorted(set(kept) - set(began)),
        "recorded twice": [one for one, times in kept.items() if times > 1],
        "without a hangup": sorted(set(began) - set(hung_up)),
        "hung up twice": [one for one, times in hung_up.items() if times > 1],
        "dialled without a creation": sorted(called - set(created)),
        "without an end": [row["unique_id"] for row in rows if row["ended_at"] is None],
    }
    found = {what: (len(which), which[:5]) for what, which in faults.items() if which}
    assert not found, f"of {len(began)} channels: {found}"
