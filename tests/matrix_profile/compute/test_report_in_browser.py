"""The report in a real browser: offline, on a desktop and on a phone."""

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from selenium.webdriver import ActionChains, Chrome, ChromeOptions
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.remote.command import Command
from selenium.webdriver.remote.webelement import WebElement
from selenium.webdriver.support.ui import WebDriverWait

from steps.matrix_profile.compute.analysis import analyse, prepare
from steps.matrix_profile.compute.profile import matrix_profile
from steps.matrix_profile.compute.report import render_report
from tests.matrix_profile.compute.files import WEATHER, waves, write_csv
from tests.requirements import CHROMIUM, require

pytestmark = pytest.mark.browser

CHROMEDRIVER = shutil.which("chromedriver")
SWITCHES = (
    "--headless=new",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP = (1280, 900)
PHONE = (390, 844)
PATIENCE_SECONDS = 20
HOSTILE = "</script><img src=x onerror=alert(1)>{{ 7 * 7 }}"
DRAWN_PIXELS = """
const canvas = document.querySelector(`#${arguments[0]} canvas`);
const { data } = canvas.getContext("2d")
  .getImageData(0, 0, canvas.width, canvas.height);
return data.filter((value, index) => index % 4 === 3 && value > 0).length;
"""
REQUESTS = """
return performance.getEntriesByType("resource").map((entry) => entry.name);
"""
REFUSED = """
return window.refused === undefined ? null : window.refused;
"""

Page = Callable[[Path], Chrome]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Chrome]:
    require(CHROMIUM)
    options = ChromeOptions()
    options.binary_location = shutil.which("chromium") or ""
    profile = tmp_path_factory.mktemp("browser")
    for switch in (*SWITCHES, f"--user-data-dir={profile}"):
        options.add_argument(switch)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=Service(str(CHROMEDRIVER)))
    yield driver
    driver.quit()


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    prepared = prepare(WEATHER, "TemperatureC", None)
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(
        render_report(analyse(prepared, matrix_profile), WEATHER.name),
        encoding="utf-8",
    )
    return file


def resize(browser: Chrome, size: tuple[int, int]) -> None:
    width, height = size
    metrics = {
        "width": width,
        "height": height,
        "deviceScaleFactor": 1,
        "mobile": size == PHONE,
    }
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    touch = {"enabled": size == PHONE}
    browser.execute_cdp_cmd("Emulation.setTouchEmulationEnabled", touch)


@pytest.fixture
def desktop(browser: Chrome, report: Path) -> Chrome:
    resize(browser, DESKTOP)
    browser.get(report.as_uri())
    return browser


@pytest.fixture
def phone(browser: Chrome, report: Path) -> Chrome:
    resize(browser, PHONE)
    browser.get(report.as_uri())
    return browser


def console(browser: Chrome) -> list[dict[str, str]]:
    answer = browser.execute(Command.GET_LOG, {"type": "browser"})
    entries: list[dict[str, str]] = answer["value"]
    return entries


def shown(browser: Chrome) -> tuple[float, float]:
    charts = browser.find_element(By.ID, "charts")
    start, end = (
        charts.get_attribute(f"data-{side}") for side in ("from", "to")
    )
    return float(start or "nan"), float(end or "nan")


def span(browser: Chrome) -> float:
    start, end = shown(browser)
    return end - start


def chart(browser: Chrome, name: str = "series") -> WebElement:
    return browser.find_element(By.CSS_SELECTOR, f"#{name} .u-over")


def press(browser: Chrome, what: str) -> None:
    browser.find_element(By.CSS_SELECTOR, f"[data-zoom={what}]").click()


def drag(browser: Chrome, start: int, end: int) -> None:
    ActionChains(browser).move_to_element_with_offset(
        chart(browser), start, 0
    ).click_and_hold().move_by_offset(end - start, 0).release().perform()


def await_change(browser: Chrome, before: tuple[float, float]) -> None:
    WebDriverWait(browser, PATIENCE_SECONDS).until(
        lambda driver: shown(driver) != before
    )


def test_console_has_no_errors(desktop: Chrome) -> None:
    assert console(desktop) == []


def test_nothing_is_requested_from_anywhere(desktop: Chrome) -> None:
    assert desktop.execute_script(REQUESTS) == []


@pytest.mark.parametrize("name", ["series", "profile"])
def test_chart_is_drawn(desktop: Chrome, name: str) -> None:
    assert desktop.execute_script(DRAWN_PIXELS, name) > 1_000


@pytest.mark.parametrize("name", ["series", "profile"])
def test_hover_shows_time_and_value_of_both_lines(
    desktop: Chrome, name: str
) -> None:
    ActionChains(desktop).move_to_element_with_offset(
        chart(desktop, name), 40, 0
    ).perform()
    for line in ("series", "profile"):
        readout = desktop.find_element(By.ID, f"{line}-readout").text
        assert readout.startswith("2010-0")
        assert " · " in readout


def test_drag_zooms_to_what_was_dragged_across(desktop: Chrome) -> None:
    before = shown(desktop)
    drag(desktop, -100, 100)
    await_change(desktop, before)
    assert span(desktop) < (before[1] - before[0]) / 3


def test_double_click_shows_everything_again(desktop: Chrome) -> None:
    everything = shown(desktop)
    drag(desktop, -100, 100)
    await_change(desktop, everything)
    zoomed = shown(desktop)
    ActionChains(desktop).double_click(chart(desktop)).perform()
    await_change(desktop, zoomed)
    assert shown(desktop) == everything


def test_button_zooms_in(desktop: Chrome) -> None:
    before = span(desktop)
    press(desktop, "in")
    assert span(desktop) == pytest.approx(before / 2)


def test_button_zooms_out_again(desktop: Chrome) -> None:
    before = shown(desktop)
    press(desktop, "in")
    press(desktop, "out")
    assert shown(desktop) == pytest.approx(before)


def test_button_moves_to_later_times(desktop: Chrome) -> None:
    press(desktop, "in")
    before = shown(desktop)
    press(desktop, "right")
    assert shown(desktop)[0] > before[0]


def test_button_shows_everything(desktop: Chrome) -> None:
    everything = shown(desktop)
    press(desktop, "in")
    press(desktop, "all")
    assert shown(desktop) == everything


@pytest.mark.parametrize("kind", ["motif1", "discord1"])
def test_time_of_a_finding_moves_the_view_there(
    desktop: Chrome, kind: str
) -> None:
    button = desktop.find_element(
        By.CSS_SELECTOR, f".card.{kind} [data-start]"
    )
    time = button.find_element(By.TAG_NAME, "time").text
    desktop.execute_script("arguments[0].click()", button)
    start, end = shown(desktop)
    seconds = desktop.execute_script(
        "return Date.parse(arguments[0].replace(' ', 'T') + 'Z') / 1000", time
    )
    assert start < seconds < end
    assert end - start == 4 * 86_400


def test_both_charts_show_the_same_times(desktop: Chrome) -> None:
    before = shown(desktop)
    drag(desktop, -100, 100)
    await_change(desktop, before)
    area = chart(desktop, "profile")
    ActionChains(desktop).move_to_element(area).perform()
    lines = [
        desktop.find_element(By.ID, f"{line}-readout").text.split(" · ")[0]
        for line in ("series", "profile")
    ]
    assert lines[0] == lines[1]


LEFT_EDGE_PIXELS = """
const canvas = document.querySelector("#series canvas");
const { data } = canvas.getContext("2d").getImageData(0, 0, 2, canvas.height);
return data.filter((value, index) => index % 4 === 3 && value > 0).length;
"""


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_labels_of_nine_digits_are_not_cut_off(
    browser: Chrome, tmp_path: Path, size: tuple[int, int]
) -> None:
    values = (waves(400) * 1e7).round(1)
    prepared = prepare(write_csv(tmp_path, list(values)), "load", None)
    file = tmp_path / "report.html"
    file.write_text(render_report(analyse(prepared, matrix_profile), "a.csv"))
    resize(browser, size)
    browser.get(file.as_uri())
    assert browser.execute_script(LEFT_EDGE_PIXELS) == 0


def test_page_is_no_wider_than_a_phone(phone: Chrome) -> None:
    width = phone.execute_script("return document.documentElement.scrollWidth")
    assert width == PHONE[0]


def test_charts_fit_a_phone_that_is_turned(phone: Chrome) -> None:
    resize(phone, (PHONE[1], PHONE[0]))
    resize(phone, PHONE)
    WebDriverWait(phone, PATIENCE_SECONDS).until(
        lambda driver: (
            driver.find_element(By.CSS_SELECTOR, "#series .uplot").rect[
                "width"
            ]
            < PHONE[0]
        )
    )


def test_buttons_are_large_enough_for_fingers(phone: Chrome) -> None:
    buttons = phone.find_elements(By.TAG_NAME, "button")
    assert min(button.rect["height"] for button in buttons) >= 40


def test_pinch_zooms(phone: Chrome) -> None:
    area = chart(phone)
    phone.execute_script("arguments[0].scrollIntoView()", area)
    before = shown(phone)
    centre = phone.execute_script(
        "const box = arguments[0].getBoundingClientRect();"
        "return [box.left + box.width / 2, box.top + box.height / 2];",
        area,
    )
    touch(phone, "touchStart", centre, apart=20)
    touch(phone, "touchMove", centre, apart=80)
    phone.execute_cdp_cmd(
        "Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []}
    )
    await_change(phone, before)
    assert span(phone) < before[1] - before[0]


def touch(
    browser: Chrome, kind: str, centre: tuple[float, float], apart: int
) -> None:
    points = [
        {"x": centre[0] + side * apart, "y": centre[1], "id": finger}
        for finger, side in enumerate((-1, 1))
    ]
    browser.execute_cdp_cmd(
        "Input.dispatchTouchEvent", {"type": kind, "touchPoints": points}
    )


def test_dark_mode_draws_on_a_dark_page(desktop: Chrome) -> None:
    feature = {"name": "prefers-color-scheme", "value": "dark"}
    desktop.execute_cdp_cmd(
        "Emulation.setEmulatedMedia", {"features": [feature]}
    )
    colour = desktop.find_element(By.TAG_NAME, "body").value_of_css_property(
        "background-color"
    )
    desktop.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    assert colour == "rgba(16, 21, 19, 1)"


def test_hostile_column_name_does_nothing(
    browser: Chrome, tmp_path: Path
) -> None:
    file = write_csv(tmp_path, list(waves(500)), variable=f'"{HOSTILE}"')
    page = tmp_path / "report.html"
    analysis = analyse(prepare(file, HOSTILE, None), matrix_profile)
    page.write_text(render_report(analysis, HOSTILE), encoding="utf-8")
    resize(browser, DESKTOP)
    browser.get(page.as_uri())
    assert browser.find_element(By.TAG_NAME, "h1").text == HOSTILE
    assert browser.find_elements(By.TAG_NAME, "img") == []
    assert console(browser) == []


def test_policy_stops_a_script_that_was_added(
    browser: Chrome, report: Path, tmp_path: Path
) -> None:
    page = tmp_path / "report.html"
    document = report.read_text(encoding="utf-8")
    added = "<script>window.refused = false</script></body>"
    page.write_text(document.replace("</body>", added), encoding="utf-8")
    browser.get(page.as_uri())
    assert browser.execute_script(REFUSED) is None
    assert "Content Security Policy" in console(browser)[0]["message"]
