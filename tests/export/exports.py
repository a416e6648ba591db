"""What the tests of the generated files share."""

from pathlib import Path

from dialplane_service.domain.asterisk_files.export import AsteriskExport, asterisk_files
from dialplane_service.domain.kinds import SipDriver
from tests.domain.world import World
from tests.export.asterisk_config import Config

DEPLOYED = Path(__file__).resolve().parents[2] / "deploy/asterisk"


def export(world: World, server_id: int = 1, driver: SipDriver | None = None) -> AsteriskExport:
    """The files of a server of the world."""
    if driver is not None:
        world.change("servers", server_id, sip_driver=driver)
    data = world.data()
    return asterisk_files(data, data.server[server_id])


def contents(exported: AsteriskExport) -> dict[str, str]:
    """Name to content."""
    return {file.name: file.content for file in exported.files}


def read(files: dict[str, str], driver: str, **host_files: str) -> Config:
    """What Asterisk reads of the files `dialplane_DRIVER*.conf`, after the deployed templates."""
    config = Config().read((DEPLOYED / f"{driver}.conf").read_text().replace("[general](+)", "[x]"))
    for name in (f"dialplane_{driver}.conf", f"dialplane_{driver}_devices.conf"):
        config.read(files[name], **host_files)
    return config
