"""Rules on benefits: who is entitled to what."""

from .base import Mutant

_POLICY = (
    "id: zz-policy\ntitle: 守灯补贴\nsummary: 守灯的人有补贴。\nparagraphs: [夜里守灯的人每年有补贴。]\n"
    "audiences: [person]\nbasis: {source: yingkou-plan-50}\n"
)
_CLAUSE = "{source: yingkou-plan-50, article: 第1条}"
_LIGHT = "when: {by_proxy: true}"


def _condition(when: str = _LIGHT, basis: str = _CLAUSE, more: str = "") -> str:
    return f"    - text: 要亮着灯\n      {when}\n      basis: {basis}\n{more}"


def _mutant(rule: str, conditions: str, more: str = "", audience: str = "person") -> Mutant:
    text = f"{_POLICY}benefit:\n  who: 守灯人\n  audience: {audience}\n  reason: 要人看过\n{more}  conditions:\n{conditions}"
    return Mutant(rule, {"policies/zz.yaml": text})


BENEFITS: tuple[Mutant, ...] = (
    _mutant("benefit-clause", _condition(basis="{source: yingkou-plan-50} #!")),
    Mutant(
        "benefit-automatic",
        {
            "policies/zz.yaml": f"{_POLICY}benefit:\n  who: 守灯人\n  audience: person\n  reason: 系统里有\n"
            "  apply: 免申即享\n  entitlement: automatic\n  conditions:\n"
            f"    - text: 要亮着灯 #!\n      {_LIGHT}\n      basis: {_CLAUSE}\n"
        },
    ),
    _mutant("benefit-amount", _condition(), f"  amount: {{number: 50000000, basis: {_CLAUSE}}} #!\n"),
    _mutant("benefit-apply", _condition(), "  apply: no-such-item #!\n"),
    _mutant("benefit-audience", _condition(), audience="business #!"),
    _mutant(
        "benefit-impossible",
        _condition() + "    - text: 灯要灭\n      when:\n        by_proxy: false #!\n" + f"      basis: {_CLAUSE}\n",
    ),
    _mutant("benefit-idle", _condition("when:\n        by_proxy: [true, false] #!")),
)
