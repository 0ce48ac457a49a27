"""Pictures of every view, light and dark, of a running stack: `make screenshots`.

Usage: python -m tests.browser.screenshots <page's URL> <folder>
"""

import base64
import sys
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from tests.browser.phone import PHONE, QUIET, find_chromium
from tests.browser.traveller import Traveller, new_user_id, sign_in
from tests.browser.views import VIEWS

QUALITY = 82
SCALE = 1.5


def take(page: Page, file: Path) -> None:
    """As WebP, which Playwright itself does not write."""
    session = page.context.new_cdp_session(page)
    options = {"format": "webp", "quality": QUALITY}
    answer = session.send("Page.captureScreenshot", options)
    file.write_bytes(base64.b64decode(answer["data"]))


def main(liff_url: str, folder: str) -> None:
    Path(folder).mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=find_chromium(), args=[*QUIET, "--hide-scrollbars"]
        )
        for scheme in ("light", "dark"):
            for name, view in VIEWS.items():
                context = browser.new_context(
                    viewport=PHONE,
                    device_scale_factor=SCALE,
                    locale="en-GB",
                    timezone_id="Asia/Taipei",
                    color_scheme=scheme,
                    reduced_motion="reduce",
                    has_touch=True,
                    is_mobile=True,
                )
                traveller = Traveller(context.new_page(), liff_url)
                sign_in(traveller.page, new_user_id())
                view(traveller)
                file = Path(folder, f"{name}-{scheme}.webp")
                take(traveller.page, file)
                sys.stdout.write(f"{file}  {file.stat().st_size / 1000:.0f} kB\n")
                traveller.page.unroute_all(behavior="ignoreErrors")
                context.close()
        browser.close()


if __name__ == "__main__":
    main(*sys.argv[1:])
