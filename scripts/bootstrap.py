"""usage: python3 -m scripts.bootstrap [--tests | --bench] MODULE [ARGUMENT …]

Makes .venv (with the test tools when asked), or .venv-bench (the product and what it is compared with), and becomes that
Python's `-m MODULE`. Runs on any Python from 3.9.
"""

from __future__ import annotations

import os
import sys

from scripts.environments import ensure, python_of
from scripts.processes import ROOT, Failed, die_with_parent, end_on_sigterm, only_one, say


def main(arguments: list[str]) -> None:
    # make passes SIGTERM on, but not SIGKILL: whatever ends it ends what it started, too.
    die_with_parent()
    end_on_sigterm()
    environment = "product"
    if arguments[:1] in (["--tests"], ["--bench"]):
        environment, arguments = {"--tests": "test", "--bench": "bench"}[arguments[0]], arguments[1:]
    if not arguments:
        raise SystemExit(__doc__)
    try:
        with only_one("setup"):
            ensure(environment)
    except Failed as error:
        say(f"✗ {error}")
        raise SystemExit(1) from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    python = str(python_of(environment))
    os.chdir(ROOT)
    os.execv(python, [python, "-m", *arguments])


if __name__ == "__main__":
    if sys.version_info < (3, 9):
        raise SystemExit("make needs Python 3.9 or later as python3 to start from")
    main(sys.argv[1:])
