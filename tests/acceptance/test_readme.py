"""What the README tells a reader to type works, word for word."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.running_service import RunningService

ROOT = Path(__file__).parents[2]
BLOCKS = re.findall(
    r"^```sh\n(.*?)^```$", (ROOT / "README.md").read_text(), re.DOTALL | re.MULTILINE
)
EXAMPLES = [block for block in BLOCKS if not block.startswith("make ")]


def as_typed(block: str, service: RunningService) -> str:
    """The block for a service on other ports, and for a machine without grpcurl."""
    if block.startswith("grpcurl "):
        words = shlex.split(block)
        data = words[words.index("-d") + 1]
        block = (
            ".venv/bin/buf curl --protocol grpc --http2-prior-knowledge"
            f" --data {shlex.quote(data)} http://{words[-2]}/{words[-1]}"
        )
    block = block.replace("127.0.0.1:50051", service.target)
    return block.replace(".venv/bin/", f"{shlex.quote(str(Path(sys.executable).parent))}/")


def test_the_readme_has_examples_of_each_kind() -> None:
    text = "".join(EXAMPLES)
    for word in ("route", "classify", "doctor", "calls list", "grpcurl", "ClassifyCall"):
        assert word in text
    for rpc in ("ClassifyCall", "BuildDialString", "RecordChannel", "Hangup"):
        assert any(block.startswith(".venv/bin/buf") and rpc in block for block in EXAMPLES)


@pytest.mark.parametrize("block", EXAMPLES, ids=lambda block: block.split("\n")[0][:60])
def test_an_example(block: str, service: RunningService) -> None:
    variables = {name: text for name, text in os.environ.items() if "DIALPLANE" not in name}
    run = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", as_typed(block, service)],
        cwd=ROOT,
        env=variables
        | {"DIALPLANE_TARGETS": service.target, "DIALPLANE_ADMIN_TARGET": service.admin_target},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert run.returncode == 0, run.stdout + run.stderr
    assert run.stdout.strip()
    assert "Traceback" not in run.stdout + run.stderr
