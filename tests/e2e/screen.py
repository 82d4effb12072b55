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
SMALL = Screen("small", 320, 640)
DARK = Screen("dark", 390, 844, dark=True)
ELDER = Screen("elder", 390, 844, preferences="{elder: true, elderSize: 20}")
ELDER_LARGEST = Screen("elder-largest", 390, 844, preferences="{elder: true, elderSize: 30}")
