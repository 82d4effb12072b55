"""Makes sure that a Chromium and Chinese fonts are here, from Debian's packages; the tests drive it with Playwright.

usage: python -m scripts.browser
"""

from __future__ import annotations

import os
import shutil
import subprocess

from scripts.processes import VAR, Failed, run_logged, say

PACKAGES = ("chromium", "fonts-noto-cjk")
APT_TIMEOUT = 900.0


def chromium() -> str | None:
    """The path of Chromium, or None."""
    return shutil.which("chromium") or shutil.which("chromium-browser")


def has_chinese_font() -> bool:
    if not shutil.which("fc-list"):
        return False
    done = subprocess.run(["fc-list", ":lang=zh-cn"], capture_output=True, text=True, timeout=60, check=False)
    return bool(done.stdout.strip())


def ensure() -> None:
    """Installs what is missing.

    Raises:
        Failed: it is missing and this is neither Debian nor root; the message says what to install.
    """
    if chromium() and has_chinese_font():
        return
    wanted = f"the browser tests need {' and '.join(PACKAGES)}"
    if not shutil.which("apt-get"):
        raise Failed(f"{wanted}; install them with your system's package manager")
    if os.geteuid() != 0:
        raise Failed(f"{wanted}: sudo apt-get update && sudo apt-get install -y {' '.join(PACKAGES)}")
    say(f"▸ {' and '.join(PACKAGES)} from Debian's packages")
    log = VAR / "log" / "setup" / "browser.log"
    log.unlink(missing_ok=True)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    # A fresh list first: Debian removes superseded versions, and an old list asks for them.
    run_logged(["apt-get", "update", "-q"], log, timeout=APT_TIMEOUT, env=quiet)
    install = ["apt-get", "install", "-y", "-q", "--no-install-recommends"]
    run_logged([*install, *PACKAGES], log, timeout=APT_TIMEOUT, env=quiet)
    if not chromium() or not has_chinese_font():
        raise Failed("installed, but still no chromium or no Chinese font; see var/log/setup/browser.log")


def main() -> None:
    try:
        ensure()
    except Failed as error:
        raise SystemExit(f"✗ {error}") from None
    say(f"✓ {chromium()}")


if __name__ == "__main__":
    main()
