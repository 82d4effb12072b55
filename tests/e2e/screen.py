"""The screens that the pages are looked at on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Screen:
    """Size in CSS pixels; `preferences` is what this site keeps of a visitor's choices, as JavaScript."""

    name: str
    width: int
    height: int
    dark: bool = False
    preferences: str = ""


PHONE = Screen("phone", 390, 844)
DESK = Screen("desk", 1440, 900)
DARK = Screen("dark", 390, 844, dark=True)
ELDER = Screen("elder", 390, 844, preferences="{elder: true, elderSize: 20}")
NARROWEST = 320
"""The width at which WCAG asks that nothing scrolls in two directions."""
