"""What the glance reads from, one by one: a source that fails takes no other with it."""

from collections.abc import Callable
from typing import ParamSpec, TypeVar

from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError

from deploy.refusals import in_words

P = ParamSpec("P")
T = TypeVar("T")


class Sources:
    """Knows of each source whether it could be read the last time."""

    def __init__(self) -> None:
        self.troubles: dict[str, str] = {}
        """Why a source cannot be read, in words."""

    def read(self, name: str, look: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T | None:
        """What `look` finds; None where that cannot be read.

        Raises botocore's `EndpointConnectionError`: where nobody is, there is no other source.
        """
        try:
            found = look(*args, **kwargs)
        except EndpointConnectionError:
            raise
        except (BotoCoreError, ClientError) as error:
            self.troubles[name] = in_words(error)
            return None
        self.troubles.pop(name, None)
        return found
