"""The command as a whole: help, version, usage, what is imported, and faults of its own."""

import subprocess
import sys

import pytest

from dialplane_service.cli import main as main_module
from dialplane_service.cli.exit_codes import ExitCode
from dialplane_service.cli.main import SUBCOMMANDS, main
from tests.cli.conftest import Run
from tests.service.process import ServiceProcess


@pytest.mark.parametrize("words", [(), ("calls",)])
def test_without_words_it_explains_itself(run: Run, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.code == 2
    assert "Commands:" in result.out + result.err


def test_help_lists_every_subcommand_and_exit_code(run: Run) -> None:
    result = run("--help")
    assert result.code == 0
    for name, subcommand in SUBCOMMANDS.items():
        assert name in result.out
        assert subcommand.help in result.out
    for code in ExitCode:
        assert f"    {code.value:<4}" in result.out
    assert "\n    dialplane route" in result.out
    assert "\\b" not in result.out


@pytest.mark.parametrize(
    "words",
    [
        *(("route",), ("classify",), ("calls", "list"), ("calls", "show"), ("doctor",)),
        *(("quality", "list"), ("quality", "measure")),
    ],
)
def test_each_help_teaches(run: Run, words: tuple[str, ...]) -> None:
    result = run(*words, "--help")
    assert result.code == 0
    assert f"\n      dialplane {' '.join(words)}".replace("      ", "    ") in result.out
    assert "Exit codes:" in result.out
    assert "--json" in result.out
    assert "DIALPLANE_" in result.out
    assert "--json gives" in result.out


@pytest.mark.parametrize(
    "words",
    [("rates", "list"), ("rates", "show"), ("rates", "export"), ("rates", "import"), ("fx", "set")],
)
def test_examples_stay_on_lines_of_their_own(run: Run, words: tuple[str, ...]) -> None:
    result = run(*words, "--help")
    assert f"\n    dialplane {' '.join(words)}" in result.out
    assert "\\b" not in result.out


@pytest.mark.parametrize("name", ["serve", "db"])
def test_the_others_are_mounted(run: Run, name: str) -> None:
    result = run(name, "--help")
    assert result.code == 0
    assert f"dialplane {name}" in result.out
    assert "Exit codes:" in result.out


def test_version(run: Run) -> None:
    result = run("--version")
    assert result.code == 0
    assert result.out.startswith("dialplane 0.")


@pytest.mark.parametrize(
    "words",
    [("rute",), ("route",), ("route", "74957777777", "--tier", "GOLD"), ("route", "7", "--x")],
)
def test_usage(run: Run, words: tuple[str, ...]) -> None:
    result = run(*words)
    assert result.code == 2
    assert result.out == ""
    assert "Error:" in result.err
    assert run(*words, "--json").error["reason"] == "USAGE"


def test_a_fault_of_its_own(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(_: str) -> None:
        raise LookupError("\x1b[31mno such thing")

    monkeypatch.setattr(main_module, "load", broken)
    result = run("doctor")
    assert result.code == 70
    assert result.err.startswith("dialplane: this command met a fault of its own: LookupError:")
    assert "\x1b" not in result.err


@pytest.mark.parametrize(("missing", "name"), [("typer", "export"), ("pydantic", "serve")])
@pytest.mark.parametrize("json", [(), ("--json",)])
def test_a_host_with_the_base_install(missing: str, name: str, json: tuple[str, ...]) -> None:
    """One line says what is missing, whichever package is found missing first."""
    code = (
        f"import sys; sys.modules[{missing!r}] = None;"
        "from dialplane_service.cli.main import main; sys.exit(main())"
    )
    found = subprocess.run(
        [sys.executable, "-c", code, name, *json], check=False, capture_output=True, text=True
    )
    assert (found.returncode, found.stdout) == (2, "")
    assert found.stderr.count("\n") == 1
    assert "this command needs dialplane[service]: pip install 'dialplane[service]'" in found.stderr


def test_interrupted(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(main_module, "load", interrupted)
    assert main(["doctor"]) == 130


def test_a_question_imports_neither_the_service_nor_a_driver() -> None:
    code = (
        "import sys; from dialplane_service.cli.main import main;"
        "main(['route', '74957777777', '--target', '127.0.0.1:1', '--timeout', '0.2']);"
        "print(*sorted(sys.modules))"
    )
    found = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    modules = found.stdout.split()
    unwanted = ("aiomysql", "pymysql", "rich", "uvloop", "structlog", "phonenumbers")
    assert not [name for name in modules if name.partition(".")[0] in unwanted]
    ours = {name for name in modules if name.startswith("dialplane_service.")}
    assert all(name.startswith("dialplane_service.cli") for name in ours)


def test_as_a_module_and_as_a_script() -> None:
    module = [sys.executable, "-m", "dialplane_service.cli.main"]
    script = [sys.executable.rpartition("/")[0] + "/dialplane"]
    for command in (module, script):
        found = subprocess.run(
            [*command, "route", "1"], check=False, capture_output=True, text=True
        )
        assert found.returncode == 2
        assert "full international number" in found.stderr


def test_a_reader_that_has_seen_enough(service: ServiceProcess) -> None:
    command = [sys.executable, "-m", "dialplane_service.cli.main", "calls", "list"]
    command += ["--limit", "1200", "--admin-target", service.admin]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
    assert process.returncode == 0


def test_completion_knows_the_subcommands() -> None:
    environment = {
        "_DIALPLANE_COMPLETE": "complete_bash",
        "COMP_WORDS": "dialplane d",
        "COMP_CWORD": "1",
        "PATH": "/usr/bin:/bin",
    }
    script = sys.executable.rpartition("/")[0] + "/dialplane"
    found = subprocess.run([script], check=False, capture_output=True, text=True, env=environment)
    assert found.stdout.split() == ["doctor", "db"]
