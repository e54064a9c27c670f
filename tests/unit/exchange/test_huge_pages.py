"""Which memory is made of large pages again."""

import mmap
import sys
from contextlib import suppress

import pytest

from arbitrax.exchange.service.huge_pages import LARGE_PAGE, _asked, collapse

MAPS = """\
55d0c0a00000-55d0c0c00000 rw-p 00000000 00:00 0                          [heap]
Size:               2048 kB
VmFlags: rd wr mr mw me ac sd
7f0000000000-7f0000400000 rw-p 00000000 00:00 0
AnonHugePages:      2048 kB
VmFlags: rd wr mr mw me ac sd hg
7f0000400000-7f0000500000 r--p 00000000 fe:00 1234                       /usr/lib/hg.so
VmFlags: rd mr mw me sd
"""


def test_only_memory_that_was_asked_to_be_of_large_pages_is_touched():
    assert _asked(MAPS) == [(0x7F0000000000, 0x7F0000400000)]


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Linux alone has such pages")
def test_memory_keeps_what_is_in_it():
    with mmap.mmap(-1, 4 * LARGE_PAGE, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS) as memory:
        with suppress(OSError):  # a system built without them
            memory.madvise(mmap.MADV_HUGEPAGE)
        for at in range(0, len(memory), mmap.PAGESIZE):
            memory[at : at + 8] = at.to_bytes(8, "little")
        assert collapse() >= 0
        found = [int.from_bytes(memory[at : at + 8], "little") for at in range(0, len(memory), mmap.PAGESIZE)]
    assert found == list(range(0, 4 * LARGE_PAGE, mmap.PAGESIZE))
