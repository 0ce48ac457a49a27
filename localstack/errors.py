"""What a local stack raises; the standard library alone, for what runs before the set-up."""


class StackError(RuntimeError):
    """What went wrong, in one line for the person at the terminal."""


class StackEnded(StackError):
    """Nothing went wrong: another process was asked to end the stack."""
