"""All files of one server."""

from dataclasses import dataclass

from dialplane_service.domain.asterisk_files.chan_sip import chan_sip_files
from dialplane_service.domain.asterisk_files.checks import Remark
from dialplane_service.domain.asterisk_files.devices import devices
from dialplane_service.domain.asterisk_files.dialplan import (
    hints_file,
    numbers_file,
    settings_file,
)
from dialplane_service.domain.asterisk_files.emergency import emergency_file
from dialplane_service.domain.asterisk_files.host import Host, PeerNames
from dialplane_service.domain.asterisk_files.iax2 import iax2_files
from dialplane_service.domain.asterisk_files.pjsip import pjsip_files
from dialplane_service.domain.asterisk_files.text import AsteriskFile
from dialplane_service.domain.asterisk_files.trunks import trunks
from dialplane_service.domain.decision_data import DecisionData
from dialplane_service.domain.kinds import Protocol, SipDriver
from dialplane_service.domain.records import Server


@dataclass(frozen=True, slots=True)
class AsteriskExport:
    """The files by name, and the rows that Asterisk's files cannot express."""

    files: tuple[AsteriskFile, ...]
    omitted: tuple[Remark, ...]


def asterisk_files(data: DecisionData, server: Server) -> AsteriskExport:
    """Write the files of a server. Cost grows with the rows of all tables.

    Raises:
        RefusedRowsError: rows that no file may be made of; every one of them is named.
    """
    host = Host(data, server)
    sip = pjsip_files if server.sip_driver is SipDriver.PJSIP else chan_sip_files
    files = [
        settings_file(host),
        emergency_file(host),
        numbers_file(host),
        hints_file(host),
        *sip(host),
        *iax2_files(host),
    ]
    _note_h323(host)
    host.checks.raise_if_any()
    return AsteriskExport(
        tuple(sorted(files, key=lambda file: file.name)), tuple(dict.fromkeys(host.omitted))
    )


def _note_h323(host: Host) -> None:
    """Nothing is written for H.323; its rows are named all the same."""
    names = PeerNames(host.checks)
    trunks(host, names, Protocol.H323)
    devices(host, names, Protocol.H323)
