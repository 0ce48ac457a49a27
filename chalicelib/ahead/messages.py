"""What the queue holds: a sentence, and nothing else."""

import json

from chalicelib.errors import PermanentError

VERSION = 1


def body_of(sentence: str) -> str:
    """The message that asks for a sentence's voice."""
    return json.dumps({"version": VERSION, "sentence": sentence}, ensure_ascii=False)


def sentence_of(body: str) -> str:
    """The sentence of a message. Raises `PermanentError` for a body that we have not sent."""
    try:
        message = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise PermanentError("the message is not one of ours") from error
    match message:
        case {"sentence": str(sentence)} if sentence:
            return sentence
    raise PermanentError("the message holds no sentence")
