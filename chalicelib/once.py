"""What a process makes once, whichever of its threads asks first."""

from collections.abc import Callable
from functools import cache, update_wrapper
from threading import RLock
from typing import Generic, TypeVar

T = TypeVar("T")

_turn = RLock()
"""One for all: botocore's session must not make two clients at a time either. Reentrant, since one
thing is made of others."""


class once(Generic[T]):  # noqa: N801 - a decorator
    """`functools.cache` for a function without arguments, called by one thread at a time.

    `cache` holds no lock: ten threads that ask together each make one.
    """

    def __init__(self, make: Callable[[], T]) -> None:
        self._make = cache(make)
        self.cache_clear = self._make.cache_clear
        update_wrapper(self, make)

    def __call__(self) -> T:
        with _turn:
            return self._make()
