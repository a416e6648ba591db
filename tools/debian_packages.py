"""Fetch Debian packages and unpack them into a folder: no root, nothing on the machine changes.

apt's own resolver does the work, over a private copy of its state. The machine's sources, keys,
proxies and credentials are used as they are, so that security updates are not missed.
"""

import os
import shutil
import subprocess
from collections.abc import Callable, Sequence
from pathlib import Path

from tools.locks import exclusive
from tools.ownership import make_folder

DPKG_STATUS = Path("/var/lib/dpkg/status")

# What apt says of a suite whose Release file the archive answers with 404.
_GONE = "does not have a Release file."

# The machine's hooks would refresh or clean the machine's own caches; they are none of ours.
_APT_CONFIGURATION = """\
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
#clear DPkg::Post-Invoke;
APT::Install-Recommends "false";
APT::Get::List-Cleanup "false";
Acquire::Languages "none";
Acquire::Retries "3";
Dir::Cache::pkgcache "";
Dir::Cache::srcpkgcache "";
"""


class PackagesUnavailableError(RuntimeError):
    """The packages could not be fetched or unpacked; the message says why, for a person."""


class SuiteGoneError(PackagesUnavailableError):
    """The archive answers, and has no such suite: a release grows old, and moves elsewhere."""


def fetch_packages(
    names: Sequence[str],
    destination: Path,
    *,
    suite: str | None = None,
    whole_closure: bool = False,
    verify: Callable[[Path], None] | None = None,
) -> None:
    """Make `destination` a folder that holds the unpacked packages and what they depend on.

    Without `suite` the machine's own sources are asked; with it, the same archive's other release
    (its signing key must be in the machine's keyring). `whole_closure` unpacks every dependency,
    libc included; otherwise those that are installed on this machine are left out. `verify` is
    called with the unpacked tree before it is put in place, and refuses it by raising.

    The destination appears whole or not at all, and several processes may ask at once. Raises
    `SuiteGoneError` when the archive has not the suite, `PackagesUnavailableError` for whatever else.
    """
    for tool in ("apt-get", "dpkg-deb", "tar"):
        if shutil.which(tool) is None:
            raise PackagesUnavailableError(f"cannot fetch {', '.join(names)}: no {tool} here")
    work = destination.with_name(destination.name + ".part")
    with exclusive(destination.with_name(destination.name + ".lock")):
        if destination.exists() and _accepted(destination, verify):
            return
        shutil.rmtree(work, ignore_errors=True)
        make_folder(work)
        try:
            archives = _download(names, work / "apt", suite=suite, whole_closure=whole_closure)
            tree = work / "tree"
            _unpack(archives, tree)
            if verify is not None:
                verify(tree)
            if destination.exists():
                destination.rename(work / "replaced")
            tree.rename(destination)
        finally:
            shutil.rmtree(work, ignore_errors=True)


def _accepted(tree: Path, verify: Callable[[Path], None] | None) -> bool:
    try:
        if verify is not None:
            verify(tree)
    except PackagesUnavailableError:
        return False
    return True


def _download(
    names: Sequence[str], state: Path, *, suite: str | None, whole_closure: bool
) -> list[Path]:
    for folder in ("lists/partial", "cache/archives/partial", "empty.d"):
        (state / folder).mkdir(parents=True)
    status = state / "status"
    # A private copy: apt locks the folder of its status file, and the machine's needs root.
    if whole_closure:
        status.touch()
    else:
        shutil.copyfile(DPKG_STATUS, status)
    configuration = state / "apt.conf"
    configuration.write_text(_APT_CONFIGURATION)
    options = {
        "Dir::State": str(state),
        "Dir::State::lists": str(state / "lists"),
        "Dir::State::status": str(status),
        "Dir::Cache": str(state / "cache"),
        "Dir::Cache::archives": str(state / "cache/archives"),
        # As root, apt would drop to a user that may not be able to enter this folder.
        "APT::Sandbox::User": "root",
    }
    apt = ["apt-get", "-qq", "-c", str(configuration)]
    if suite is not None:
        sources = state / "sources.list"
        sources.write_text(f"deb {_main_archive()} {suite} main\n")
        options["Dir::Etc::sourcelist"] = str(sources)
        options["Dir::Etc::sourceparts"] = str(state / "empty.d")
        options["Dir::Etc::preferencesparts"] = str(state / "empty.d")
    for key, value in options.items():
        apt += ["-o", f"{key}={value}"]
    try:
        _run([*apt, "--error-on=any", "update"])
    except PackagesUnavailableError as error:
        # An archive that cannot be reached, or is not trusted, is told in other words.
        if suite is not None and f" {suite} Release' {_GONE}" in str(error):
            raise SuiteGoneError(str(error)) from error
        raise
    # Reinstalled, because what was asked for is wanted even where the machine has it.
    _run([*apt, "--yes", "--download-only", "--reinstall", "install", *names])
    return sorted((state / "cache/archives").glob("*.deb"))


def _main_archive() -> str:
    """Where this machine's apt finds its `main` component."""
    targets = _run(
        ["apt-get", "indextargets", "--format", "$(REPO_URI) $(COMPONENT)", "Created-By: Packages"]
    )
    for line in targets.splitlines():
        address, _, component = line.partition(" ")
        if component == "main":
            return address
    raise PackagesUnavailableError("this machine's apt has no source with a `main` component")


def _unpack(archives: Sequence[Path], tree: Path) -> None:
    (tree / "usr").mkdir(parents=True)
    # Older releases still ship /lib/..., where newer ones have only /usr/lib/...
    for name in ("bin", "sbin", "lib", "lib64"):
        (tree / "usr" / name).mkdir()
        (tree / name).symlink_to(f"usr/{name}")
    for archive in archives:
        with subprocess.Popen(
            ["dpkg-deb", "--fsys-tarfile", archive], stdout=subprocess.PIPE
        ) as contents:
            unpacked = subprocess.run(
                ["tar", "-x", "-C", tree, "--keep-directory-symlink", "--no-same-owner"],
                stdin=contents.stdout,
                check=False,
            )
        if contents.returncode or unpacked.returncode:
            raise PackagesUnavailableError(f"cannot unpack {archive.name}")


def _run(command: Sequence[str]) -> str:
    done = subprocess.run(
        command,
        check=False,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"},
    )
    if done.returncode:
        raise PackagesUnavailableError(f"`{command[0]}` failed:\n{done.stdout.strip()[-2000:]}")
    return done.stdout
