"""What a report of many pages costs: made from the samples over and over, and opened in a browser.

    python benchmarks/report_pages.py [PAGES]

The browser is Chromium with its driver, by selenium; without them only the making is measured.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from cleanpress.config import Config
from cleanpress.pipeline import clean_page
from cleanpress.report import ReportFiles
from cleanpress.stages.decode import decode

SAMPLES = sorted((Path(__file__).resolve().parents[1] / "samples").glob("*.txt"))


def main() -> None:
    """Write the report, say what it cost, open it."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    results = [clean_page(decode(path.read_bytes(), source=path.name), Config()) for path in SAMPLES]
    names = [f"2026-{k // 30 + 1:03}/{k % 30 + 1:02}.txt" for k in range(count)]
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder)
        (out / "report").mkdir()
        files = ReportFiles(names)
        size, start = 0, time.process_time()
        for k, name in enumerate(names):
            result = results[k % len(results)]
            path, content = files.page(replace(result, page=replace(result.page, source=name)))
            size += (out / path).write_bytes(content)
        for path, content in files.index():
            size += (out / path).write_bytes(content)
        seconds = time.process_time() - start
        print(f"{count:,} pages: {seconds:.1f} s of a processor, {1000 * seconds / count:.0f} ms a page")
        print(f"{size / 1e6:.0f} MB, {size / count / 1e3:.0f} kB a page")
        _open(out)


def _open(out: Path) -> None:
    chromium, driver = shutil.which("chromium"), shutil.which("chromedriver")
    if not chromium or not driver:
        print("no chromium with chromedriver: not opened")
        return
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage"):
        options.add_argument(flag)
    with webdriver.Chrome(options=options, service=Service(driver)) as chrome:
        for place in ("report.html", "report/0001.html"):
            chrome.get((out / place).as_uri())
            loaded = chrome.execute_script(
                "return performance.getEntriesByType('navigation')[0].loadEventEnd"
            )
            print(f"{place}: open after {loaded / 1000:.2f} s")


if __name__ == "__main__":
    main()
