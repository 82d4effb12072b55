"""A mutant's shape, and small correct records to break. `#!` marks the line on which the problem must be told."""

from dataclasses import dataclass, field

MARK = "#!"


@dataclass(frozen=True)
class Mutant:
    """`files`: path in the city's folder → text of a new file. `edits`: path → (text that stands there once, the new one)."""

    rule: str
    files: dict[str, str] = field(default_factory=dict)
    edits: dict[str, tuple[str, str]] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.rule


_ITEM = {
    "name": "海上灯塔夜航登记",
    "summary": "给海边的灯塔夜里开航登记。",
    "item_type": '"07"',
    "audiences": "[person]",
    "topics": "[household]",
    "department": "public-security",
    "legal_basis": "{source: resident-id-card-law}",
}

_BUNDLE = {
    "name": "出海夜航一件事",
    "summary": "灯塔和渔船一起登记。",
    "audiences": "[person]",
    "life_events": "[going-abroad]",
    "basis": "{source: yingkou-plan-50}",
    "items": "\n  - {item: zz-mutant, why: 先点灯}\n  - {item: zz-boat, why: 再开船}",
}

_FAQ = {
    "question": "夜里开灯塔找谁？",
    "phrasings": "[点灯归谁管, 海边那个亮的咋整, 晚上照船的灯坏了, 想上去看看行不行, 守灯的人搁哪]",
    "answer": "夜里归值班员管，白天归海事的同志管。灯不亮先打电话说清楚在哪个码头，再等人来看，别自己上去，上面风大。",
    "topics": "[household]",
    "basis": "{source: yingkou-plan-50}",
}


def _record(key: str, base: dict[str, str], fields: dict[str, str]) -> str:
    lines = [f"id: {key}", *(f"{name}: {text}" for name, text in {**base, **fields}.items() if text)]
    return "\n".join(lines) + "\n"


def item(key: str = "zz-mutant", **fields: str) -> str:
    """A correct item; `fields` are YAML after the colon, "" leaves the field out."""
    name = fields.get("name", _ITEM["name"]).removesuffix(MARK).strip()
    one = f"\n  - {{id: {key}-only, name: {name}办理}}"
    return _record(key, {**_ITEM, "handling_items": one}, fields)


def boat(**fields: str) -> str:
    """A second item that has nothing in common with the first."""
    return item("zz-boat", **{"name": "远洋渔船试水备案", "summary": "新船下水以前先报一声。", **fields})


def bundle(**fields: str) -> str:
    """A bundle of the two items."""
    return _record("zz-bundle", _BUNDLE, fields)


def faq(key: str = "zz-faq", **fields: str) -> str:
    return _record(key, _FAQ, fields)


def guide(rule: str, **fields: str) -> Mutant:
    """The rule is broken in one new item."""
    return Mutant(rule, {"items/zz-mutant.yaml": item(**fields)})


PROXY = "\n  - {fact: by_proxy}"
BY_PROXY = (
    "\n  - {id: zz-mutant-self, name: 本人夜航, when: {by_proxy: false}}"
    "\n  - {id: zz-mutant-proxy, name: 请人夜航, when: {by_proxy: true}}"
)
