"""Whose voice the trial order has. The next engine of a chain hides that the first one has a wrong
key, or that its right or its layer is missing."""

from collections.abc import Mapping

from botocore.exceptions import BotoCoreError, ClientError

from deploy.story import item_of


def spoken_by(order_id: str, outputs: Mapping[str, str]) -> str:
    """The engine's name; empty where the table does not say it, or not to whoever deploys."""
    try:
        item = item_of(order_id, outputs.get("OrdersTableName", ""))
    except (BotoCoreError, ClientError):
        return ""
    return str(item.get("voice_engine", ""))


def not_the_first(engine: str, chain: str, story: str) -> str:
    """A warning where it is not the first of `chain` (`SpeechEngines`) that has spoken, else
    nothing; `story` is the command that shows the order's lines."""
    first = chain.split(",")[0].strip()
    if not engine or engine == first:
        return ""
    return (
        f"{first}, the first of SpeechEngines, did not speak the trial order; its line "
        f"“speech engine  engine={first}” says why: {story}"
    )
