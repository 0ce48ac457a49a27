"""What the app keeps for the life of a process, and how to be rid of it."""

import sys
from collections.abc import Iterator
from functools import _lru_cache_wrapper
from typing import Any

from chalicelib import parameter_store
from chalicelib.once import once
from chalicelib.orders.record import OrderRecord

KEPT = ("chalicelib.speech.engines.espeak", "chalicelib.mandarin.", "chalicelib.aws")
"""eSpeak NG's library breaks when it is initialised a second time; what is said is pure, and its
tables take a tenth of a second to read; of boto3's session clients are made, and nothing else."""


def reset() -> None:
    """Make the app as it is in a new process: settings, clients and secrets are read anew.

    Every cache of a loaded module is cleared, so a new one needs no mention here. Read-only data,
    as the locale files, is read again too: that takes milliseconds.
    """
    for cached in _cached_functions():
        if not cached.__module__.startswith(KEPT):
            cached.cache_clear()
    parameter_store._values.clear()
    parameter_store._read_at.clear()
    parameter_store._failed_at.clear()
    OrderRecord._connection = None


def _cached_functions() -> Iterator["_lru_cache_wrapper[Any] | once[Any]"]:
    """Whatever a module of the app has under `functools.cache`, or `once`."""
    for module_name, module in sys.modules.copy().items():
        if module_name.partition(".")[0] == "chalicelib":
            for value in list(vars(module).values()):
                if isinstance(value, (_lru_cache_wrapper, once)):
                    yield value
