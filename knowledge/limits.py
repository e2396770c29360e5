"""What reading one file may cost."""

from __future__ import annotations

from knowledge.model import Frozen

MEGABYTE = 1 << 20


class Limits(Frozen):
    """Limits on one file. `recognize` says whether pages without text may be read by OCR, `leave_out_scans` whether a file
    of such pages inside an archive or a message may be left out.
    """

    file_megabytes: int = 100
    unpacked_megabytes: int = 400
    members: int = 2000
    pages: int = 2000
    characters: int = 5_000_000
    seconds: int = 120
    memory_megabytes: int = 1536
    recognize: bool = False
    leave_out_scans: bool = False
