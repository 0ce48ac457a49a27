"""Every view of the page, and how a signed-in traveller gets there."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.traveller import (
    BEEF_NOODLES,
    BUBBLE_TEA,
    FAILED,
    HISTORY,
    QUICK,
    READY,
    STATUS,
    STILL_SPEAKING,
    Traveller,
    changed,
)


def counter(traveller: Traveller) -> None:
    traveller.open(store="")
    traveller.page.get_by_role("combobox", name="Dish").fill("蚵仔煎")
    expect(traveller.page.get_by_text("Oyster omelette").first).to_be_visible()


def menu(traveller: Traveller) -> None:
    traveller.open()
    traveller.choose(BEEF_NOODLES, times=2)
    traveller.choose("Oyster omelette")
    traveller.choose(BUBBLE_TEA, times=2)
    traveller.page.evaluate("scrollTo(0, 0)")


def review(traveller: Traveller) -> None:
    menu(traveller)
    traveller.review()


def _confirmed(traveller: Traveller) -> None:
    review(traveller)
    traveller.confirm_button.click()


def sending(traveller: Traveller) -> None:
    traveller.page.route(QUICK, lambda route: None)
    _confirmed(traveller)
    traveller.sees("Connecting…")


def waiting(traveller: Traveller) -> None:
    traveller.page.route(STATUS, changed(**STILL_SPEAKING))
    _confirmed(traveller)
    traveller.sees("Making the voice…")


def ready(traveller: Traveller) -> None:
    _confirmed(traveller)
    traveller.sees_the_end()
    traveller.sees(READY)


def failed(traveller: Traveller) -> None:
    traveller.page.route(STATUS, changed(**FAILED))
    _confirmed(traveller)
    traveller.sees("We couldn't make the voice message")


def late(traveller: Traveller) -> None:
    traveller.page.clock.install()
    traveller.page.route(STATUS, changed(**STILL_SPEAKING))
    _confirmed(traveller)
    traveller.sees("Making the voice…")
    traveller.page.clock.fast_forward(61_000)
    traveller.sees("Still working on it")


def unreachable(traveller: Traveller) -> None:
    refusal = {"status": 503, "json": {"code": "x"}, "headers": {"Retry-After": "99"}}
    traveller.expects_failed_requests()
    traveller.page.route(QUICK, lambda route: route.fulfill(**refusal))
    _confirmed(traveller)
    traveller.sees("We can't get through right now")


def missing(traveller: Traveller) -> None:
    traveller.expects_failed_requests()
    traveller.open("?order_id=00000000000000000000000000")
    traveller.sees("We can't find this order")


def staff(traveller: Traveller) -> None:
    ready(traveller)
    traveller.page.get_by_role("button", name="Show to staff").click()
    expect(traveller.page.get_by_role("dialog")).to_be_visible()


def history(traveller: Traveller) -> None:
    english = {
        "紅燒牛肉麵": "Braised beef noodle soup",
        "珍珠奶茶": "Bubble milk tea",
        "小籠包": "Soup dumplings (xiaolongbao)",
        "酸辣湯": "Hot and sour soup",
        "滷肉飯": "Braised pork rice",
        "燙青菜": "Blanched greens",
        "豆花": "Sweet tofu pudding",
        "冬瓜茶": "Winter melon tea",
        "蚵仔煎": "Oyster omelette",
        "芒果冰": "Mango shaved ice",
        "豆漿": "Soy milk",
    }

    def order(number: int, status: str, *dishes: str) -> dict[str, object]:
        items = [
            {"name": {"original": dish, "translated": english[dish]}, "quantity": number % 3 + 1}
            for dish in dishes
        ]
        return {
            "order_id": f"{number:026}",
            "status": status,
            "store": {"original": "福氣小吃", "translated": "Fuqi Eatery"},
            "items": items,
            "total_amount": 85 + 37 * number,
            "order_time": f"2026-11-{24 - number:02}T10:3{number}:00Z",
        }

    orders = [
        order(1, "processing", "紅燒牛肉麵", "珍珠奶茶"),
        order(2, "completed", "小籠包", "酸辣湯", "滷肉飯", "燙青菜", "豆花", "冬瓜茶"),
        order(3, "failed", "蚵仔煎"),
        order(4, "completed", "芒果冰", "豆漿"),
    ]
    answer = {"orders": orders, "next_cursor": "next"}
    traveller.page.route(HISTORY, lambda route: route.fulfill(json=answer))
    traveller.open("#orders")
    expect(traveller.page.locator(".order-row")).to_have_count(4)
    # At the end, where the orders can be deleted.
    expect(traveller.page.get_by_role("button", name="Delete my orders")).to_be_visible()
    traveller.page.evaluate("window.scrollTo(0, document.body.scrollHeight)")


VIEWS: dict[str, Callable[[Traveller], None]] = {
    view.__name__: view
    for view in (
        counter,
        menu,
        review,
        sending,
        waiting,
        ready,
        staff,
        late,
        failed,
        unreachable,
        missing,
        history,
    )
}
