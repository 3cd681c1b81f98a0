"""What does the accessibility checker say of a page?"""

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
