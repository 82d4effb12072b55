"""python -m search_api openapi [--check] | add-user NAME ROLE

`openapi` writes docs/openapi.json from the application; `--check` only compares. `add-user` makes a maintainer's account
(ROLE: editor, reviewer, administrator); the password is asked for, or read from standard input where that is no terminal.
"""

import argparse
import getpass
import json
import sys
from pathlib import Path

from .accounts import AccountError, Accounts, Role
from .app import create_app
from .database import open_database
from .settings import ROOT, Settings


def openapi_text() -> str:
    return json.dumps(create_app().openapi(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def write_openapi(out: Path, check: bool) -> int:
    text = openapi_text()
    if check:
        same = out.exists() and out.read_text(encoding="utf-8") == text
        print("docs/openapi.json 与接口一致" if same else "docs/openapi.json 过期：python -m search_api openapi")
        return 0 if same else 1
    out.write_text(text, encoding="utf-8")
    print(f"写好了 {out.name}")
    return 0


def add_user(name: str, role: Role) -> int:
    password = getpass.getpass("密码：") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
    try:
        Accounts(open_database(Settings().database_url)).add(name, password, role)
    except AccountError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"已添加 {name}（{role}）")
    return 0


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m search_api", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    openapi = commands.add_parser("openapi")
    openapi.add_argument("--check", action="store_true", help="exit 1 where the committed file differs")
    openapi.add_argument("--out", type=Path, default=ROOT / "docs" / "openapi.json")
    user = commands.add_parser("add-user")
    user.add_argument("name")
    user.add_argument("role", type=Role, choices=list(Role))
    options = parser.parse_args()
    if options.command == "add-user":
        return add_user(options.name, options.role)
    return write_openapi(options.out, options.check)


if __name__ == "__main__":
    sys.exit(main())
