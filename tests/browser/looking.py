"""What tests of several pages look for: what the accessibility checker says, what arrives late."""

from collections.abc import Callable

from playwright.sync_api import Page


def serious(page: Page, axe: str) -> list[str]:
    """Returns what the accessibility checker finds serious, each with a place."""
    page.evaluate(axe)
    found = page.evaluate("axe.run(document, {resultTypes: ['violations']})")
    return [
        f"{one['id']}: {one['nodes'][0]['html'][:200]} {one['nodes'][0]['failureSummary']}"
        for one in found["violations"]
        if one["impact"] in {"serious", "critical", "moderate"}
    ]


def until(page: Page, there: Callable[[], object]) -> None:
    """Waits for what arrives at the log after the page has gone on."""
    for _ in range(200):
        if there():
            return
        page.wait_for_timeout(50)
    raise AssertionError("it never came")
