"""The LINE channel's token, for the tests of the push."""

TOKEN = "channel-token-that-nobody-may-see"


class Vault:
    """The channel token as Parameter Store has it, and as the process has cached it."""

    def __init__(self, *, cached: str = TOKEN, stored: str = TOKEN) -> None:
        self.cached = cached
        self.stored = stored
        self.forgotten = 0

    def token(self) -> str:
        return self.cached

    def forget(self) -> None:
        self.forgotten += 1
        self.cached = self.stored
