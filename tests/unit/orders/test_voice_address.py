"""The signature in a voice's address: whose it opens, and whose it does not."""

import string
import threading
import time

import pytest

from chalicelib.errors import TransientError
from chalicelib.orders.identity import new_order_id
from chalicelib.orders.voice_address import VoiceAddresses, verify, voice_file

ORDER_ID = "01ARZ3NDEKTSV4RRFFQ69G5FAV"
ACCEPTED_AT = 1_795_694_730_000
"""Epoch ms; not the time of the run, which names of tests would hold."""
FILE = voice_file(ORDER_ID, ACCEPTED_AT, "key")


def test_an_address_is_short_and_fits_what_line_takes() -> None:
    api_url = "https://a1b2c3d4e5.execute-api.ap-northeast-1.amazonaws.com/v1"
    addresses = VoiceAddresses(api_url, keys=lambda: "key")
    address = addresses.address(ORDER_ID, ACCEPTED_AT, deadline=time.monotonic() + 5)
    assert address == f"{api_url}/api/voices/{ORDER_ID}/{FILE}"
    assert len(address) < 150


def test_a_key_that_does_not_come_holds_a_push_no_longer_than_its_time() -> None:
    end = threading.Event()
    began = time.monotonic()
    addresses = VoiceAddresses("https://api.example", keys=lambda: str(end.wait(8)))
    with pytest.raises(TransientError):
        addresses.address(ORDER_ID, ACCEPTED_AT, deadline=began + 0.1)
    assert time.monotonic() - began < 4
    end.set()


def test_a_signature_says_when_its_order_was_accepted() -> None:
    assert verify(ORDER_ID, FILE, "key") == ACCEPTED_AT


def test_it_opens_no_other_order_and_no_other_time() -> None:
    assert verify(new_order_id(), FILE, "key") is None
    other = voice_file(ORDER_ID, ACCEPTED_AT + 1, "key")
    assert other != FILE
    assert verify(ORDER_ID, other[:8] + FILE[8:], "key") is None
    assert verify(ORDER_ID, FILE[:8] + other[8:], "key") is None


def test_one_character_more_or_less_or_another_one_opens_nothing() -> None:
    alphabet = string.ascii_letters + string.digits + "-_"
    for at, right in enumerate(FILE.removesuffix(".mp3")):
        for wrong in alphabet.replace(right, ""):
            assert verify(ORDER_ID, FILE[:at] + wrong + FILE[at + 1 :], "key") is None


@pytest.mark.parametrize(
    "file",
    [
        "",
        ".mp3",
        FILE.removesuffix(".mp3"),
        FILE[1:],
        "A" + FILE,
        FILE + "\n",
        FILE.replace(".mp3", ".MP3"),
        FILE.replace(".mp3", "=.mp3"),
        "é" * 40 + ".mp3",
        "\ud800" * 40 + ".mp3",
        "A" * 40 + ".mp3",
    ],
)
def test_what_is_no_signature_of_ours_opens_nothing(file: str) -> None:
    assert verify(ORDER_ID, file, "key") is None


def test_while_keys_are_rotated_the_new_one_signs_and_both_open() -> None:
    both = "new old"
    assert voice_file(ORDER_ID, ACCEPTED_AT, both) == voice_file(ORDER_ID, ACCEPTED_AT, "new")
    for key in ("new", "old"):
        assert verify(ORDER_ID, voice_file(ORDER_ID, ACCEPTED_AT, key), both) == ACCEPTED_AT
    assert verify(ORDER_ID, voice_file(ORDER_ID, ACCEPTED_AT, "old"), "new") is None
