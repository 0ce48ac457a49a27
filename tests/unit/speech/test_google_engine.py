"""Google Cloud Text-to-Speech, as a loopback stand-in plays it."""

import json

import pytest

from chalicelib.errors import PermanentError, TransientError
from localstack.speech_standin import Standin
from tests.unit.speech.web_apis import GOOGLE, NAME, KeyStore, google_audio, google_error


def test_the_text_is_sent_as_text_to_the_taiwanese_voice(
    standin: Standin, key_store: KeyStore
) -> None:
    standin.answers = [(200, google_audio(b"an mp3"))]
    assert GOOGLE.speak(standin, '<speak>牛肉麵 & "麵"</speak>') == b"an mp3"
    [request] = map(json.loads, standin.bodies)
    assert request["input"] == {"text": '<speak>牛肉麵 & "麵"</speak>'}
    assert request["voice"] == {"languageCode": "cmn-TW", "name": "cmn-TW-Wavenet-A"}
    audio = request["audioConfig"]
    assert (audio["audioEncoding"], audio["sampleRateHertz"]) == ("MP3", 24_000)
    assert 0.25 <= audio["speakingRate"] < 1
    assert standin.requests[0]["Content-Type"] == "application/json"


def test_no_piece_has_more_bytes_than_google_takes(standin: Standin, key_store: KeyStore) -> None:
    standin.answers = [(200, google_audio(b"an mp3"))]
    GOOGLE.speak(standin, "𩸽" * 1300)  # Four bytes each.
    texts = [json.loads(body)["input"]["text"] for body in standin.bodies]
    assert "".join(texts) == "𩸽" * 1300
    assert max(len(text.encode()) for text in texts) <= 5000


@pytest.mark.parametrize(
    "message",
    [
        "Either `input.text` or `input.ssml` is longer than the limit of 5000 bytes.",
        "This request contains sentences that are too long.",
    ],
)
def test_a_text_that_google_would_refuse_again_is_refused_for_good(
    standin: Standin, key_store: KeyStore, message: str
) -> None:
    standin.answers = [(400, google_error("INVALID_ARGUMENT", message=message))]
    with pytest.raises(PermanentError, match="HTTP 400, INVALID_ARGUMENT"):
        GOOGLE.speak(standin)
    assert len(standin.bodies) == 1


@pytest.mark.parametrize(
    ("status", "body", "said"),
    [
        (
            400,
            google_error("INVALID_ARGUMENT", message="Voice 'cmn-TW-Wavenet-A' does not exist."),
            "INVALID_ARGUMENT",
        ),
        (400, google_error("FAILED_PRECONDITION", "BILLING_DISABLED"), "BILLING_DISABLED"),
        (403, google_error("PERMISSION_DENIED", "SERVICE_DISABLED"), "SERVICE_DISABLED"),
        (403, google_error("PERMISSION_DENIED"), "PERMISSION_DENIED"),
        (429, google_error("RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED"), "RATE_LIMIT_EXCEEDED"),
        (503, google_error("UNAVAILABLE"), "UNAVAILABLE"),
        (400, google_error("牛肉麵兩碗"), "no reason"),
    ],
)
def test_what_somebody_will_mend_is_transient_and_told_by_googles_own_reason(
    standin: Standin, key_store: KeyStore, status: int, body: bytes, said: str
) -> None:
    standin.answers = [(status, body)]
    with pytest.raises(TransientError) as failure:
        GOOGLE.speak(standin)
    assert str(failure.value) == f"Google Cloud answered HTTP {status}, {said}"
    assert key_store.asked == 1


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        (400, "API_KEY_INVALID"),
        (403, "API_KEY_SERVICE_BLOCKED"),
        (403, "API_KEY_IP_ADDRESS_BLOCKED"),
        (401, "CREDENTIALS_MISSING"),
    ],
)
def test_a_key_that_may_not_be_used_is_the_keys_trouble_and_never_the_texts(
    standin: Standin, key_store: KeyStore, status: int, reason: str
) -> None:
    message = "API key not valid. `input.text` was not looked at."
    standin.answers = [(status, google_error("INVALID_ARGUMENT", reason, message))]
    with pytest.raises(TransientError, match=f"refuses the key in {NAME}"):
        GOOGLE.speak(standin)


@pytest.mark.parametrize(
    "body",
    [
        b'{"audioContent": ""}',
        b'{"audioContent": null}',
        b'{"audioContent": "####"}',
        b'{"audioContent": "YW4g<br>bXAz"}',
        b'{"audioContent": "YW4gbXAz',
        b'{"audio": "YW4gbXAz"}',
        b'["YW4gbXAz"]',
        b"\xff\xfe",
        b"[" * 100_000,
        b"<html>Sorry</html>",
    ],
)
def test_an_answer_without_audio_is_transient(
    standin: Standin, key_store: KeyStore, body: bytes
) -> None:
    standin.answers = [(200, body)]
    with pytest.raises(TransientError, match=r"cannot be read|without audio"):
        GOOGLE.speak(standin)
