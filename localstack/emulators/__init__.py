"""The emulators that a stack can run on, by their names in `EMULATOR=`."""

from localstack import addresses
from localstack.emulators import localstack, ministack
from localstack.emulators.emulator import Emulator

BY_NAME = {emulator.name: emulator for emulator in (ministack.EMULATOR, localstack.EMULATOR)}


def named(text: str) -> Emulator:
    """The one of `EMULATOR=`; MiniStack for an empty text. Raises `StackError`."""
    return BY_NAME[addresses.emulator(text)]
