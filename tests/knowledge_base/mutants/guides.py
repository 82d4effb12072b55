"""Rules on references, questions, situations and the fields of a guide."""

from .base import BY_PROXY, PROXY, Mutant, boat, guide, item

_CONDITION = "\n  - {{text: 灯要亮, when: {when}}} #!"
_AREA = "\n  - fact: premises_area\n    options: {options}"
_SMALL_BIG = "[{range: '<=50'}, {range: '>50'}]"
_MANY = "[" + ", ".join([f"{{range: '>={n} <{n + 1}'}}" for n in range(100)] + ["{range: '>=100'}"]) + "]"
_BASIS = "basis: {source: resident-id-card-law}"


def _condition(when: str) -> str:
    return _CONDITION.format(when=when)


def _quantity(key: str) -> str:
    return f"- {{id: {key}, type: quantity, unit: 盏, label: 灯{key}, question: 有几盏灯}}\n"


GUIDES: tuple[Mutant, ...] = (
    guide("unknown-source", legal_basis="{source: no-such-law} #!"),
    guide("unknown-material", materials="\n  - {material: no-such-paper, reason: 说明灯塔在哪片海} #!"),
    guide("unknown-item", next_items="\n  - passport\n  - no-such-item #!"),
    guide(
        "outcome-target",
        questions=PROXY,
        outcomes="\n  - {kind: other_item, when: {by_proxy: true}, text: 去别处办} #!",
    ),
    guide("self-link", next_items="\n  - zz-mutant #!"),
    guide("unknown-department", department="no-such-office #!"),
    guide("unknown-topic", topics="\n  - household\n  - no-such-topic #!"),
    guide("unknown-life-event", life_events="\n  - no-such-event #!"),
    guide("unknown-place-kind", handled_at="nowhere #!"),
    guide("unknown-region", implementations='\n  "999999": {note: 没有这个区} #!'),
    guide("unknown-place", implementations='\n  "210802":\n    places:\n      - no-such-place #!'),
    guide("unknown-fact", conditions=_condition("{no_such_fact: true}")),
    guide("unknown-value", questions=PROXY, conditions=_condition("{by_proxy: maybe}")),
    guide("option-format", questions="\n  - fact: premises_area #!"),
    guide(
        "question-twice",
        questions="\n  - fact: by_proxy\n  - fact: by_proxy #!",
        conditions="\n  - {text: 灯要亮, when: {by_proxy: true}}",
    ),
    guide("range-partition", questions="\n  - fact: premises_area\n    options: [{range: '<=50'}, {range: '>60'}] #!"),
    guide(
        "boundary-aligned",
        questions=_AREA.format(options=_SMALL_BIG),
        conditions=_condition("{premises_area: '>80'}"),
    ),
    guide("fact-unasked", conditions=_condition("{by_proxy: true}")),
    guide(
        "unoffered-value",
        questions="\n  - fact: residence_origin\n    options: [{value: mainland}, {value: hmt}]",
        conditions=_condition("{residence_origin: foreigner}"),
    ),
    guide("question-useless", questions="\n  - fact: by_proxy #!"),
    Mutant(
        "combinations",
        {
            "facts/zz.yaml": "".join(_quantity(f"zz_{n}") for n in range(3)),
            "items/zz-mutant.yaml": item(
                questions="".join(f"\n  - fact: zz_{n}\n    options: {_MANY}" for n in range(3))
            ).replace("questions:", "questions: #!"),
        },
    ),
    guide(
        "handling-none",
        questions=PROXY,
        handling_items="#!\n  - {id: zz-mutant-proxy, name: 请人夜航, when: {by_proxy: true}}",
    ),
    guide(
        "handling-two",
        questions=PROXY,
        handling_items="\n  - {id: zz-mutant-self, name: 本人夜航}"
        "\n  - {id: zz-mutant-proxy, name: 请人夜航, when: {by_proxy: true}} #!",
    ),
    guide(
        "handling-never",
        questions=PROXY,
        outcomes="\n  - {kind: not_needed, when: {by_proxy: true}, text: 不用办}",
        handling_items=BY_PROXY + " #!",
    ),
    guide(
        "outcome-never",
        questions=PROXY,
        outcomes="\n  - {kind: not_needed, when: {by_proxy: true}, text: 不用办}"
        "\n  - {kind: not_needed, when: {by_proxy: true}, text: 也不用办} #!",
    ),
    guide(
        "material-never",
        questions=PROXY,
        outcomes="\n  - {kind: not_needed, when: {by_proxy: true}, text: 不用办}",
        materials="\n  - {material: power-of-attorney, reason: 替人点灯要凭它, when: {by_proxy: true}} #!",
    ),
    guide(
        "part-never",
        limits=f"\n  - {{kind: statutory, number: 9, {_BASIS}}}\n  - {{kind: statutory, number: 8, {_BASIS}}} #!",
    ),
    guide(
        "question-idle",
        questions="\n  - fact: by_proxy #!",
        conditions="\n  - {text: 灯要亮, when: {by_proxy: [true, false]}}",
    ),
    guide(
        "options-alike",
        questions="\n  - fact: residence_origin #!",
        conditions="\n  - {text: 灯要亮, when: {residence_origin: mainland}}",
    ),
    guide("immediate-limit", case_type="immediate #!"),
    guide(
        "promised-over-statutory",
        limits=f"\n  - {{kind: statutory, number: 5, {_BASIS}}}\n  - {{kind: promised, number: 9, {_BASIS}}} #!",
    ),
    Mutant(
        "district-differs",
        {
            "items/zz-boat.yaml": boat(
                name="海上灯塔夜航登记",
                implementations='{"210802": {note: 站前区的灯}}',
                limits=f"[{{kind: statutory, number: 5, {_BASIS}}}]",
            ),
            "items/zz-mutant.yaml": item(
                implementations='{"210803": {note: 西市区的灯}}',
                limits=f"#!\n  - {{kind: statutory, number: 9, {_BASIS}}}",
            ),
        },
    ),
    guide("limit-basis", limits="\n  - {kind: statutory, number: 9} #!"),
    guide(
        "outcome-basis",
        questions=PROXY,
        outcomes="\n  - {kind: not_eligible, when: {by_proxy: true}, text: 不能请人办} #!",
    ),
    guide("visits-reason", visits="{number: 1} #!"),
    guide("visits-zero", visits="{number: 0} #!", forms="[window]"),
    guide(
        "online-full",
        visits="{number: 1, reason: 要摸到灯}",
        forms="[online]",
        online="\n  where: [欢营办]\n  depth: full #!",
    ),
    guide("online-forms", forms="[window]", online="\n  where: [欢营办]\n  depth: submit #!"),
    guide("fee-charged", fee="{charged: true, online_payment: true, lines: {name: 灯油费, amount: 5}} #!"),
    guide("fee-free", fee="\n  charged: false\n  lines: {name: 灯油费, amount: 5} #!"),
    guide("fee-unknown", fee="\n  charged: null\n  lines: {name: 灯油费, amount: 5} #!"),
    guide("licence-steps", item_type='"01"', steps="#!\n  - {name: 点灯}"),
    guide("licence-faq", item_type='"01" #!'),
    guide("audience-topics", topics="\n  - household\n  - tax #!"),
    guide("basis-missing", legal_basis="[] #!"),
    guide("result-sample", result="{name: 夜航灯证} #!"),
    Mutant("unsourced", {"items/zz-mutant.yaml": item().replace("id: zz-mutant\n", "id: zz-mutant #!\n", 1)}),
    Mutant(
        "basic-code-twice",
        {
            "items/zz-boat.yaml": boat(basic_code="ZZ9107016000"),
            "items/zz-mutant.yaml": item(basic_code="ZZ9107016000 #!"),
        },
    ),
    guide(
        "implementation-code",
        basic_code="000107016000",
        implementations='\n  "210802":\n    code: "1234567890" #!',
    ),
    guide("url-format", online="\n  url: www.yingkou.example #!"),
    guide("expired", validity="\n  effective: 2020-01-01\n  expires: 2021-01-01 #!"),
    guide("date-order", validity="\n  effective: 2099-01-01\n  expires: 2098-01-01 #!"),
    guide("placeholder", notes="\n  - 这里待补充 #!"),
)
