"""Makes the training environment (torch, kept out of what serves), then becomes train.py in it.

usage: python -m scripts.train [ARGUMENT of train.py …]
"""

from __future__ import annotations

import os
import sys

from scripts import environments, setup
from scripts.processes import ROOT, Failed, end_on_sigterm, only_one, say


def main(arguments: list[str]) -> None:
    end_on_sigterm()
    try:
        setup.set_up()
        with only_one("setup"):
            environments.ensure("train")
    except Failed as error:
        say(f"✗ {error}")
        sys.exit(1)
    python = str(environments.python_of("train"))
    os.execv(python, [python, str(ROOT / "train.py"), *arguments])


if __name__ == "__main__":
    main(sys.argv[1:])
