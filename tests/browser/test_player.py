"""The player and the staff's view."""

import re
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, Route, ViewportSize, expect

from tests.browser.phone import PHONE, NewTraveller
from tests.browser.traveller import (
    AUDIO,
    BEEF_NOODLES,
    QUICK,
    STATUS,
    STILL_SPEAKING,
    Traveller,
    changed,
    dead_network,
    in_turn,
    new_user_id,
    requests_to,
)
from tests.nightly import at_night
from tests.stack.client import Client

SHOW_AUDIO = """
Audio = new Proxy(Audio, { construct: (Real, given) => (window.audio = new Real(...given)) });
"""
"""The page's audio element is in no document."""


class Finished(NamedTuple):
    user_id: str
    order_id: str


@pytest.fixture(scope="module")
def finished(stack: dict[str, str]) -> Finished:
    """One order whose voice is there, for all who listen."""
    client, user_id = Client(stack), new_user_id()
    token = client.sign_in(user_id)
    name = {"original": "紅燒牛肉麵", "translated": BEEF_NOODLES}
    items = [{"name": name, "price": 180, "quantity": 2}]
    order = {"store_name": "福氣小吃", "items": items, "language": "en"}
    order_id = client.place(order, **token)
    assert client.follow(order_id, **token)["status"] == "completed"
    return Finished(user_id, order_id)


@pytest.fixture
def listener(new_traveller: NewTraveller, finished: Finished) -> Traveller:
    """Has opened the finished order: nothing plays yet."""
    traveller = new_traveller(user_id=finished.user_id)
    traveller.page.add_init_script(SHOW_AUDIO)
    traveller.open(f"?order_id={finished.order_id}")
    traveller.sees_the_end()
    return traveller


def audio(page: Page, expression: str) -> object:
    """Something of the page's audio element."""
    return page.evaluate(f"() => {{ const {{ audio }} = window; return {expression}; }}")


def test_play_pause_and_seek(listener: Traveller) -> None:
    page = listener.page
    page.get_by_role("button", name="Play", exact=True).click()
    listener.hears_something()
    page.get_by_role("button", name="Pause").click()
    stopped_at = audio(page, "audio.currentTime")
    assert audio(page, "audio.paused") is True
    slider = page.get_by_role("slider", name="Position")
    slider.focus()
    slider.press("Home")
    assert audio(page, "audio.currentTime") == 0
    slider.press("ArrowRight")
    assert audio(page, "audio.currentTime") == pytest.approx(0.1, abs=0.02)
    assert stopped_at != 0
    slider.press("End")
    length = page.evaluate("slider => Number(slider.max)", slider.element_handle())
    assert audio(page, "audio.currentTime") == pytest.approx(length, abs=0.1)
    assert re.fullmatch(r"0:\d\d of 0:\d\d", slider.get_attribute("aria-valuetext") or "")


def test_speed_keeps_the_pitch(listener: Traveller) -> None:
    page = listener.page
    for label, speed in {"0.7×": 0.7, "1.3×": 1.3, "1×": 1}.items():
        button = page.get_by_role("button", name=label, exact=True)
        button.click()
        expect(button).to_have_attribute("aria-pressed", "true")
        assert audio(page, "audio.playbackRate") == speed
        assert audio(page, "audio.preservesPitch") is True
    page.get_by_role("button", name="0.7×").click()
    page.get_by_role("button", name="Play", exact=True).click()
    listener.hears_something()
    assert audio(page, "audio.playbackRate") == 0.7


def test_repeat_plays_again_from_the_start(listener: Traveller) -> None:
    page = listener.page
    page.get_by_role("button", name="Repeat").click()
    page.get_by_role("button", name="Play", exact=True).click()
    listener.hears_something()
    seek_to_the_end = "audio.currentTime = audio.duration - 0.2"
    audio(page, seek_to_the_end)
    page.wait_for_function(
        "slider => Number(slider.value) < 1 && Number(slider.value) > 0.2",
        arg=page.get_by_role("slider").element_handle(),
    )
    expect(page.get_by_role("button", name="Pause")).to_be_visible()


def test_without_repeat_it_stops_and_plays_again_on_a_tap(listener: Traveller) -> None:
    page = listener.page
    page.get_by_role("button", name="Play", exact=True).click()
    listener.hears_something()
    audio(page, "audio.currentTime = audio.duration - 0.2")
    play = page.get_by_role("button", name="Play", exact=True)
    play.click()
    listener.hears_something()


def test_the_download_is_an_mp3_with_a_name(listener: Traveller, tmp_path: Path) -> None:
    with listener.page.expect_download() as download:
        listener.page.get_by_role("link", name="Download").click()
    saved = tmp_path / "order.mp3"
    download.value.save_as(saved)
    assert download.value.suggested_filename.endswith(".mp3")
    data = saved.read_bytes()
    assert len(data) > 2000
    assert data[:3] == b"ID3" or data[0] == 0xFF


def test_a_download_from_another_origin_saves_too(listener: Traveller) -> None:
    """As on AWS, where the audio is the bucket's and `<a download>` is ignored."""
    page = listener.page
    listener.expected_problems.append(re.compile("Content Security Policy|Failed to load"))
    elsewhere = "https://voices.example/"

    def from_elsewhere(route: Route) -> None:
        headers = {k: v for k, v in route.request.headers.items() if k != "if-none-match"}
        status = route.fetch(headers=headers).json()
        page.route(
            elsewhere + "**",
            lambda sent: sent.fulfill(response=sent.fetch(url=status["voice_url"])),
        )
        route.fulfill(json=status | {"voice_url": elsewhere + "a.mp3"})

    page.route(STATUS, from_elsewhere)
    page.reload()
    listener.sees_the_end()
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename == f"order-voice-{listener.order_id}.mp3"
    listener.sees_the_end()


def test_an_expired_url_is_fetched_again_without_a_word(listener: Traveller) -> None:
    page = listener.page
    listener.expects_failed_requests()

    def expired(route: Route) -> None:
        route.fulfill(status=403, body="<Error><Code>AccessDenied</Code></Error>")

    page.route(AUDIO, in_turn(expired))
    looks = requests_to(page, STATUS, method="GET")
    page.reload()
    listener.sees_the_end()
    page.get_by_role("button", name="Play", exact=True).click()
    listener.hears_something()
    assert len(looks) == 2
    expect(page.locator(".player")).to_contain_text("Play it to the staff")


def test_a_url_that_expires_while_it_is_played_goes_on_where_it_was(listener: Traveller) -> None:
    page = listener.page
    past = {"voice_expires_at": "2020-01-01T00:00:00Z"}
    page.route(STATUS, in_turn(changed(**past)))
    page.reload()
    listener.sees_the_end()
    page.get_by_role("button", name="Play", exact=True).click()
    listener.hears_something()


def test_a_download_of_an_expired_url_fetches_a_fresh_one(listener: Traveller) -> None:
    page = listener.page
    page.route(STATUS, in_turn(changed(voice_expires_at="2020-01-01T00:00:00Z")))
    page.reload()
    listener.sees_the_end()
    looks = requests_to(page, STATUS, method="GET")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download").click()
    assert download.value.suggested_filename.endswith(".mp3")
    assert len(looks) == 1


def test_audio_that_cannot_be_had_says_so_and_a_tap_tries_again(listener: Traveller) -> None:
    page = listener.page
    listener.expects_failed_requests()
    page.route(AUDIO, dead_network)
    page.reload()
    hint = page.locator(".player .hint")
    expect(hint).to_have_text("It won't play. Tap to try again.")
    page.unroute(AUDIO)
    page.get_by_role("button", name="Play", exact=True).click()
    listener.hears_something()
    expect(hint).to_have_text("Play it to the staff")


def test_show_to_staff_is_large_and_comes_back_to_its_button(listener: Traveller) -> None:
    page = listener.page
    opener = page.get_by_role("button", name="Show to staff")
    opener.click()
    dialog = page.get_by_role("dialog", name="Order in Chinese for the staff")
    dish = dialog.get_by_text("紅燒牛肉麵")
    expect(dish).to_be_visible()
    assert dish.evaluate("element => parseFloat(getComputedStyle(element).fontSize)") >= 40
    box = dialog.bounding_box()
    size = page.viewport_size
    assert box
    assert size
    assert (box["width"], box["height"]) == (size["width"], size["height"])
    dialog.get_by_role("button", name="Play").click()
    expect(dialog.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(opener).to_be_focused()


@pytest.mark.parametrize("way", ["browser", *at_night("Escape", "Close")])
def test_back_closes_the_staffs_view_only(user: Traveller, way: str) -> None:
    page = user.page
    held: list[Route] = []
    page.route(QUICK, lambda route: held.append(route))
    user.open()
    user.order()
    user.sees("Connecting…")
    for answered in (False, True):
        page.get_by_role("button", name="Show to staff").click()
        staff = page.get_by_role("dialog")
        expect(staff).to_be_visible()
        if not answered:
            held[0].continue_()
            page.wait_for_url(re.compile("order_id="))
        if way == "browser":
            page.go_back()
        elif way == "Close":
            staff.get_by_role("button", name="Close").click()
        else:
            page.keyboard.press("Escape")
        expect(staff).to_have_count(0)
        user.sees_the_end()
        assert user.order_id
    expect(page.get_by_role("button", name="Show to staff")).to_be_focused()
    page.go_back()
    expect(page.get_by_role("button", name="Review order")).to_be_disabled()


def test_the_screen_stays_on_while_the_staff_reads(listener: Traveller) -> None:
    page = listener.page
    page.evaluate(
        """() => {
            window.locks = [];
            const request = async () => {
                const lock = { released: false, release() { this.released = true; } };
                window.locks.push(lock);
                return lock;
            };
            Object.defineProperty(navigator, "wakeLock", { value: { request } });
        }"""
    )
    page.get_by_role("button", name="Show to staff").click()
    page.get_by_role("dialog").get_by_role("button", name="Close").wait_for()
    assert page.evaluate("locks.map(lock => lock.released)") == [False]
    page.get_by_role("dialog").get_by_role("button", name="Close").click()
    page.wait_for_function("locks.every(lock => lock.released)")
    assert page.evaluate("locks.length") == 1


def test_the_staffs_play_button_comes_alive_with_the_voice(user: Traveller) -> None:
    page = user.page
    page.route(STATUS, changed(**STILL_SPEAKING))
    user.open()
    user.order()
    page.get_by_role("button", name="Show to staff").click()
    dialog = page.get_by_role("dialog")
    waiting = dialog.get_by_role("button", name="Making the voice message…")
    expect(waiting).to_be_disabled()
    page.unroute_all(behavior="wait")
    play = dialog.get_by_role("button", name="Play")
    expect(play).to_be_enabled()
    play.click()
    expect(dialog.get_by_role("button", name="Pause")).to_be_visible()


LYING_PHONES: list[ViewportSize] = [{"width": 844, "height": 390}, {"width": 568, "height": 320}]


def test_a_phone_on_its_side_shows_play_without_scrolling(listener: Traveller) -> None:
    page = listener.page
    dialog = page.get_by_role("dialog")
    for phone in LYING_PHONES:
        page.set_viewport_size(phone)
        page.reload()
        listener.sees_the_end()
        page.evaluate("scrollTo(0, 0)")
        expect(page.locator("button.play")).to_be_in_viewport(ratio=1)
        page.get_by_role("button", name="Show to staff").click()
        expect(dialog.get_by_role("button", name="Play")).to_be_in_viewport(ratio=1)
        expect(dialog.get_by_text("紅燒牛肉麵")).to_be_in_viewport(ratio=1)
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)


def test_the_total_of_twelve_dishes_is_in_sight(guest: Traveller, api_url: str) -> None:
    page = guest.page
    items = [{"name": f"第{n}道招牌菜", "price": 100, "quantity": 2} for n in range(12)]
    body = {"store_name": "老王", "items": items}
    answer = page.request.post(f"{api_url}/api/orders/quick", data=body)
    guest.open(f"?order_id={answer.json()['order_id']}")
    guest.sees_the_end()
    dialog = page.get_by_role("dialog")
    for phone in (PHONE, *LYING_PHONES):
        page.set_viewport_size(phone)
        page.get_by_role("button", name="Show to staff").click()
        total = dialog.get_by_text("共 24 份，合計 NT$2,400")
        expect(total).to_be_in_viewport(ratio=1)
        page.keyboard.press("Escape")
        expect(dialog).to_have_count(0)
