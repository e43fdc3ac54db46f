"""The class of this machine and the versions of what was measured, without any name or path of it."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

PACKAGES = ("boto3", "ministack", "pulumi")


def describe() -> str:
    """Return cores, memory, class of processor, system and versions in one line."""
    versions = [f"Python {platform.python_version()}", *(f"{name} {version(name)}" for name in PACKAGES)]
    parts = (f"{_cores()} cores", f"{_memory_gb():.0f} GB", _processor(), platform.system(), *versions)
    return ", ".join(parts)


def _cores() -> int:
    """Return how many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _memory_gb() -> float:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30


def _processor() -> str:
    """Return the model of the processor, without trade marks and frequency, or its architecture."""
    info = Path("/proc/cpuinfo")
    found = re.search(r"^model name\s*:\s*(.+)$", info.read_text(), re.MULTILINE) if info.exists() else None
    if not found:
        return platform.machine()
    return " ".join(re.sub(r"\((?:R|TM)\)|@.*", "", found[1]).split())
