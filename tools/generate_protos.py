"""Generate `protos/python` from `protos/dialplane`; with `--check`, say what is stale instead."""

import argparse
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from pathlib import Path

from tools.mariadb_program import REPOSITORY

PROTOS = REPOSITORY / "protos"
GENERATED = PROTOS / "python" / "dialplane"
_INIT = '"""Generated from protos/dialplane by `make proto`; not edited by hand."""\n'


class GenerationError(RuntimeError):
    """The protos do not compile; the message is the compiler's."""


def generate(output: Path) -> None:
    """Write the package `dialplane` into the folder `output`: messages, services, types."""
    sources = sorted(
        str(file.relative_to(PROTOS)) for file in (PROTOS / "dialplane").rglob("*.proto")
    )
    scripts = Path(sysconfig.get_path("scripts"))
    plugins = ("protoc-gen-mypy", "protoc-gen-mypy_grpc")
    kinds = ("python", "grpc_python", "mypy", "mypy_grpc")
    command = [
        *(sys.executable, "-m", "grpc_tools.protoc", f"--proto_path={PROTOS}"),
        *(f"--plugin={plugin}={scripts / plugin}" for plugin in plugins),
        *(f"--{kind}_out={output}" for kind in kinds),
        *sources,
    ]
    done = subprocess.run(command, check=False, capture_output=True, text=True)
    if done.returncode:
        raise GenerationError(done.stderr.strip())
    _drop_empty_services(output)
    package = output / "dialplane"
    for folder in (package, *(path for path in package.rglob("*") if path.is_dir())):
        (folder / "__init__.py").write_text(_INIT)
    (package / "py.typed").touch()


def differences(fresh: Path, committed: Path) -> list[str]:
    """Name the files that differ between two generated packages, relative to the package."""
    ours, theirs = _files(fresh), _files(committed)
    return sorted(
        name
        for name in ours.keys() | theirs.keys()
        if name not in ours
        or name not in theirs
        or ours[name].read_bytes() != theirs[name].read_bytes()
    )


def main(arguments: list[str] | None = None) -> int:
    """Generate or check; returns the exit code."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="change nothing; exit 1 if stale")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="dialplane-protos-") as folder:
        try:
            generate(Path(folder))
        except GenerationError as error:
            print(error, file=sys.stderr)
            return 1
        fresh = Path(folder) / "dialplane"
        stale = differences(fresh, GENERATED)
        if options.check:
            for name in stale:
                print(f"stale: {(GENERATED / name).relative_to(REPOSITORY)}")
            if stale:
                print("The generated code does not match the protos; `make proto` mends it.")
            return 1 if stale else 0
        for name in stale:
            _replace(fresh / name, GENERATED / name)
            print(f"generated {(GENERATED / name).relative_to(REPOSITORY)}")
    return 0


def _replace(source: Path, target: Path) -> None:
    if not source.exists():
        target.unlink()
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    # Copied beside its place first: an interruption leaves the old file, not half of a new one.
    beside = target.with_name(target.name + ".part")
    shutil.copyfile(source, beside)
    beside.replace(target)


def _drop_empty_services(output: Path) -> None:
    """Drop the service modules that protoc writes for files without a service."""
    for module in output.rglob("*_pb2_grpc.py"):
        if "_to_server(" not in module.read_text():
            module.unlink()
            module.with_suffix(".pyi").unlink(missing_ok=True)


def _files(package: Path) -> dict[str, Path]:
    return {
        str(path.relative_to(package)): path
        for path in package.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


if __name__ == "__main__":
    sys.exit(main())
