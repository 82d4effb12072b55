"""axe-core, injected from the front end's own packages."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Page

from scripts.processes import ROOT

AXE = ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def violations(page: Page) -> list[str]:
    """One line for each broken rule, with the elements that break it."""
    # Through the debugger's own channel: the content security policy rightly forbids script elements.
    page.evaluate(AXE.read_text())
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})",
        RULES,
    )
    return [
        f"{v['id']} ({v['impact']}): {v['help']}: " + " | ".join(str(n["html"])[:160] for n in v["nodes"][:4])
        for v in found["violations"]
    ]
