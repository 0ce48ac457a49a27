"""Azure AI Speech, as a loopback stand-in plays it."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.errors import PermanentError, TransientError
from chalicelib.speech.engines.azure import AzureEngine
from chalicelib.speech.engines.web_api import mandarin_pieces
from localstack.speech_standin import Standin
from tests.unit.speech.web_apis import AZURE, KeyStore

SSML = "{http://www.w3.org/2001/10/synthesis}"


def prosody(ssml: bytes | str) -> ElementTree.Element:
    """What is spoken, and how; its text is all that there is beside the three elements."""
    root = ElementTree.fromstring(ssml)  # noqa: S314 - our own
    [voice], [found] = list(root), list(root[0])
    assert (root.tag, voice.tag, found.tag) == (f"{SSML}speak", f"{SSML}voice", f"{SSML}prosody")
    assert voice.attrib == {"name": "zh-TW-HsiaoChenNeural"}
    assert list(found) == []
    return found


def test_the_request_is_what_the_reference_asks_for(standin: Standin, key_store: KeyStore) -> None:
    standin.answers = [(200, b"an mp3")]
    assert AZURE.speak(standin, "牛肉麵兩碗") == b"an mp3"
    [headers] = standin.requests
    assert headers["Content-Type"] == "application/ssml+xml"
    assert headers["X-Microsoft-OutputFormat"] == "audio-24khz-48kbitrate-mono-mp3"
    assert 0 < len(headers["User-Agent"]) < 255
    spoken = prosody(standin.bodies[0])
    assert spoken.text == "牛肉麵兩碗"
    assert 0.5 <= float(spoken.attrib["rate"]) < 1


@pytest.mark.parametrize(
    "name",
    [
        '</prosody></voice><voice name="zh-CN-XiaoxiaoNeural">麵',
        '麵<break time="5s"/>',
        "麵 & 飯 &amp; &#x3c;",
        "]]>麵<![CDATA[",
        "<!--麵-->",
        "<?麵?>",
    ],
)
def test_no_name_is_ever_read_as_markup(standin: Standin, key_store: KeyStore, name: str) -> None:
    standin.answers = [(200, b"an mp3")]
    AZURE.speak(standin, name)
    assert prosody(standin.bodies[0]).text == name


def test_what_xml_forbids_breaks_nothing(standin: Standin, key_store: KeyStore) -> None:
    standin.answers = [(200, b"an mp3")]
    AZURE.speak(standin, "牛\x00肉\x0b麵\ufffe\ud83d兩碗𩸽")
    assert prosody(standin.bodies[0]).text == "牛 肉 麵  兩碗𩸽"


@given(st.text(st.characters(exclude_categories=()), min_size=1))
def test_any_text_is_one_text(text: str) -> None:
    engine = AzureEngine("/key", "japaneast")
    try:
        pieces = mandarin_pieces(text, "zh-TW", 1000)
    except PermanentError:
        return
    for piece in pieces:
        # XML reads the ends of lines as one kind.
        lines = piece.replace("\r\n", "\n").replace("\r", "\n")
        assert prosody(engine._ssml(piece)).text == lines


def test_the_address_is_that_of_the_region() -> None:
    address = "https://japaneast.tts.speech.microsoft.com/cognitiveservices/v1"
    assert AzureEngine("/key", "japaneast")._api._url == address


@pytest.mark.parametrize(
    ("status", "phrase", "body"),
    [
        (400, None, b"SSML parsing error: 0x80045003"),
        (400, "Ssml is not what is expected", b""),
        (413, None, b"SSML too long"),
    ],
)
def test_a_text_that_azure_would_refuse_again_is_refused_for_good(
    standin: Standin, key_store: KeyStore, status: int, phrase: str | None, body: bytes
) -> None:
    standin.answers, standin.phrase = [(status, body)], phrase
    with pytest.raises(PermanentError, match=f"HTTP {status}"):
        AZURE.speak(standin)
    assert len(standin.bodies) == 1


@pytest.mark.parametrize(
    ("status", "phrase", "body"),
    [
        (400, "Unsupported voice zh-TW-HsiaoChenNeural", b""),
        (400, None, b"\xff\xfe"),
        (403, "Quota Exceeded", b'{"error": {"code": "403", "message": "Out of call volume"}}'),
        (415, None, b"SSML"),
    ],
)
def test_what_somebody_will_mend_is_transient(
    standin: Standin, key_store: KeyStore, status: int, phrase: str | None, body: bytes
) -> None:
    standin.answers, standin.phrase = [(status, body)], phrase
    with pytest.raises(TransientError, match=f"HTTP {status}"):
        AZURE.speak(standin)
