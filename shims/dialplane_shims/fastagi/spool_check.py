"""Whether events could be kept on this host: found out at the start and now and then, before one has to be."""

import time

from dialplane_shims.fastagi.log import Log
from dialplane_shims.spool import Spool, SpoolError

# A spool that was usable is tried again so often; one that is not, whenever somebody looks.
AGAIN_S = 60.0
# An alarm that lasts is repeated so often.
REMIND_S = 600.0


class SpoolCheck:
    """Says in the log when the spool cannot be used, while it stays so, and when it is over."""

    def __init__(self, log: Log) -> None:
        self._log = log
        self.usable = True
        self._folder = ""
        self._looked_at = self._said_at = 0.0

    def look(self, spool: Spool) -> bool:
        """Say whether the spool is usable."""
        now, folder = time.monotonic(), str(spool.folder)
        same = folder == self._folder
        if same and self.usable and now - self._looked_at < AGAIN_S:
            return True
        self._folder, self._looked_at = folder, now
        try:
            spool.check()
        except SpoolError as error:
            if self.usable or not same or now - self._said_at >= REMIND_S:
                self._said_at = now
                self._log.warning(
                    "spool cannot be used: events that find no service are lost", detail=error
                )
            self.usable = False
        else:
            if not self.usable:
                self._log.info("spool can be used again", folder=folder)
            self.usable = True
        return self.usable
