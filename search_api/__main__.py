"""`python -m search_api openapi` writes docs/openapi.json from the application; `--check` only compares."""

import argparse
import json
import sys
from pathlib import Path

from .app import create_app
from .settings import ROOT


def openapi_text() -> str:
    return json.dumps(create_app().openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m search_api", description=__doc__)
    parser.add_argument("command", choices=["openapi"])
    parser.add_argument("--check", action="store_true", help="exit 1 where the committed file differs")
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "openapi.json")
    options = parser.parse_args()
    text = openapi_text()
    if options.check:
        same = options.out.exists() and options.out.read_text(encoding="utf-8") == text
        print("docs/openapi.json 与接口一致" if same else "docs/openapi.json 过期：python -m search_api openapi")
        return 0 if same else 1
    options.out.write_text(text, encoding="utf-8")
    print(f"写好了 {options.out.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
