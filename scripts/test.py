"""Everything that proves the product: checks, set-up, then pytest, whose closing line is the last.

usage: python -m scripts.test [PYTEST ARGUMENT …]
"""

from __future__ import annotations

import os
import sys

from scripts import check, packages, setup
from scripts.environments import python_of
from scripts.processes import Failed, end_on_sigterm, say


def main(arguments: list[str]) -> None:
    end_on_sigterm()
    check.main([])
    try:
        packages.ensure()
        setup.set_up()
    except Failed as error:
        raise SystemExit(f"✗ {error}") from None
    say("▸ pytest")
    python = str(python_of("test"))
    os.execv(python, [python, "-m", "pytest", *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
