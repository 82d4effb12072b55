"""Rules on rehearsals of online applications."""

from .base import MARK, Mutant, boat, item

_NAME = "{id: tower_name, label: 塔名, kind: text, hint: 照塔门上刻的字写, example: 北岬}"
_LIT = "{id: tower_lit, label: 夜里亮不亮, kind: yes_no, hint: 只说现在这盏灯}"
_LAMP = (
    "{id: lamp_age, label: 灯龄, kind: number, hint: 从装上那年数起, unit: 年, example: '3', when: {tower_lit: true}}"
)
_PHONE = "{id: keeper_phone, label: 守塔人手机, kind: mobile, hint: 夜里也打得通的, example: '13900000000'}"
_VOW = "{id: keeper_vow, label: 愿意守夜, kind: confirmation, hint: 台风天不能离塔}"
_FIRST = "{wrong: 塔名写成村名, consequence: 船找不着, right: 爬上去看一眼}"
_SECOND = "{wrong: 白天量亮度, consequence: 数不对, right: 等太阳落山, field: lamp_age}"
_THIRD = "{wrong: 手机关着睡觉, consequence: 没人应答, right: 铃声开到最大}"
_REHEARSAL = f"""\
id: zz-rehearsal
name: 灯塔夜航练习
item: zz-mutant
channel: liaoshitong
entry: 点开海图里的灯塔
summary: 三屏点亮一座灯塔。
screens:
  - id: tower
    title: 哪座塔
    purpose: 海图上得先有它。
    fields:
      - {_NAME}
      - {_LIT}
    mistakes:
      - {_FIRST}
  - id: lamp
    title: 什么灯
    purpose: 灯老了照不远。
    fields:
      - {_LAMP}
    mistakes:
      - {_SECOND}
  - id: keeper
    title: 谁来守
    purpose: 灯灭了要有人爬楼。
    fields:
      - {_PHONE}
      - {_VOW}
    mistakes:
      - {_THIRD}
after: [船长们夜里看得见]
"""
_ONLINE = "{where: [辽事通], depth: submit}"
_PAPER = "\n  - {material: resident-id-card-paper, reason: 认得是守塔的人}"


def _file(*edits: tuple[str, str]) -> str:
    text = _REHEARSAL
    for old, new in edits:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    return text


def _mutant(rule: str, *edits: tuple[str, str], materials: str = "", others: dict[str, str] | None = None) -> Mutant:
    files = {"items/zz-mutant.yaml": item(online=_ONLINE, materials=materials), "rehearsals/zz.yaml": _file(*edits)}
    return Mutant(rule, files | (others or {}))


def _field(rule: str, old: str, *edits: tuple[str, str]) -> Mutant:
    """The field's line carries the mark; `edits` are inside it."""
    new = old
    for before, after in edits:
        assert before in new, before
        new = new.replace(before, after)
    return _mutant(rule, (old, f"{new} {MARK}"))


_SCREENS = ("screens:", f"screens: {MARK}")
_LAST = _REHEARSAL[_REHEARSAL.index("  - id: keeper") : _REHEARSAL.index("after:")]
_TWIN = _file(("id: zz-rehearsal", "id: zz-twin"), ("item: zz-mutant", f"item: zz-mutant {MARK}"))
_CLONE = _file(("id: zz-rehearsal", "id: zz-clone"), ("item: zz-mutant", "item: zz-boat"), ("练习", f"练习二 {MARK}"))

REHEARSALS: tuple[Mutant, ...] = (
    _mutant("rehearsal-item", ("item: zz-mutant", f"item: no-such-item {MARK}")),
    _mutant("rehearsal-online", ("channel: liaoshitong", f"channel: portal {MARK}")),
    _mutant("rehearsal-one", others={"rehearsals/zzz.yaml": _TWIN}),
    _mutant("rehearsal-screens", _SCREENS, (_LAST, "")),
    _mutant("rehearsal-mistakes", _SCREENS, (f"    mistakes:\n      - {_THIRD}\n", "")),
    _mutant("rehearsal-materials", _SCREENS, materials=_PAPER),
    _mutant("rehearsal-clone", others={"items/zz-boat.yaml": boat(online=_ONLINE), "rehearsals/zzz.yaml": _CLONE}),
    _mutant("mistake-near", (_THIRD, f"{_FIRST} {MARK}")),
    _mutant("mistake-field", (_FIRST, _FIRST.replace("}", f", field: keeper_vow}} {MARK}"))),
    _mutant("number-real", ("entry: 点开海图里的灯塔", f"entry: 打13812345678问老李 {MARK}")),
    _field("field-twice", _PHONE, ("id: keeper_phone", "id: tower_name")),
    _field("field-hint", _NAME, ("照塔门上刻的字写", "请如实填写塔名")),
    _field("field-material", _VOW, ("kind: confirmation", "kind: file"), ("id: keeper_vow", "id: vow_file")),
    _field("field-options", _VOW, ("kind: confirmation", "kind: choice")),
    _field("field-fact", _NAME, ("id: tower_name", "id: by_proxy")),
    _field("field-checks", _LAMP, ("when:", "checks: {check: not_future}, when:")),
    _field("field-example", _PHONE, ("13900000000", "1390000000")),
    _field("field-fictitious", _PHONE, ("13900000000", "13912345678")),
    _field("field-when", _LAMP, ("tower_lit: true", "keeper_vow: true")),
    _field("field-never", _VOW, ("hint:", "when: {lamp_age: '>1', tower_lit: false}, hint:")),
)
