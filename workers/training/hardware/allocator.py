"""Settings of glibc's allocator: what a process keeps, what it returns, and how its children begin."""

import ctypes
import os
import platform
import sys

# Numbers of the parameters of mallopt(3).
M_TRIM_THRESHOLD, M_TOP_PAD, M_MMAP_MAX = -1, -2, -4
# What a process of glibc reads when it starts.
TUNABLES, NO_CHUNK_CACHE = "GLIBC_TUNABLES", "glibc.malloc.tcache_count=0"


def keep_freed_memory() -> None:
    """Let this process reuse activation buffers; does nothing where the C library is not glibc.

    Otherwise glibc returns them to the kernel after every step and has them mapped in again, which
    takes a third of the time of a CNN in float32.
    """
    if not _is_glibc():
        return
    libc = ctypes.CDLL("libc.so.6")
    libc.mallopt(M_MMAP_MAX, 0)
    libc.mallopt(M_TRIM_THRESHOLD, 2**31 - 1)
    libc.mallopt(M_TOP_PAD, 64 * 1024 * 1024)


def give_no_chunk_cache_to_children() -> None:
    """Start processes from here on without glibc's cache of small chunks, which no process can switch off.

    torch asks for memory that is aligned to 64 bytes. glibc cuts it out of a larger hole and puts the
    bytes before it into that cache, so that the hole never takes a buffer of the same size again.
    """
    tunables = os.environ.get(TUNABLES, "").split(":")
    others = [each for each in tunables if each not in {"", NO_CHUNK_CACHE}]
    os.environ[TUNABLES] = ":".join([*others, NO_CHUNK_CACHE])


def return_freed_memory() -> None:
    """Return the memory that is free in this process to the kernel, where the C library is glibc.

    For work whose buffers have other sizes than those before it: they do not fit between what is
    still in use, and the process would grow by all of them.
    """
    if _is_glibc():
        ctypes.CDLL("libc.so.6").malloc_trim(0)


def _is_glibc() -> bool:
    return sys.platform.startswith("linux") and platform.libc_ver()[0] == "glibc"
