"""Rules on facts, materials, sources, places, policies and bundles."""

from .base import PROXY, Mutant, boat, bundle, guide, item

_FACT = "id: zz_light\ntype: {type}\nlabel: 灯的颜色\nquestion: 灯是什么颜色？\n"
_PLACE = 'id: zz-place\nname: 灯塔值班室\nkind: station\nregion: "210802"\n'
_POLICY = "id: zz-policy\ntitle: 灯塔条目\nsummary: 灯要亮\nparagraphs: [灯要亮]\nbasis: {source: yingkou-plan-50}\n"
_SOURCE = "id: zz-law\ntitle: 灯塔夜航规定\neffective: 2000-01-01\n"
_CITED = item(legal_basis="{source: zz-law}")
_TWO = {"items/zz-mutant.yaml": item(), "items/zz-boat.yaml": boat()}
_ASKING = {**_TWO, "items/zz-mutant.yaml": item(questions=PROXY, conditions="\n  - {text: 亮, when: {by_proxy: true}}")}
_REASON = "\n  - {material: resident-id-card-paper, reason: 守塔的人要对上海图才放船出去} #!"


def _bundle(rule: str, files: dict[str, str] | None = None, **fields: str) -> Mutant:
    return Mutant(rule, {**(files or _TWO), "bundles/zz.yaml": bundle(**fields)})


def _many_questions() -> dict[str, str]:
    """Facts and an item whose every answer adds a condition of its own."""
    keys = [f"zz_{n}" for n in range(4)]
    facts = "".join(f"- {{id: {k}, type: yes_no, label: {k}, question: 亮吗？}}\n" for k in keys)
    asking = item(
        questions="".join(f"\n  - {{fact: {k}}}" for k in keys),
        conditions="".join(f"\n  - {{text: 第{k}盏亮, when: {{{k}: true}}}}" for k in keys),
    )
    return {**_TWO, "facts/zz.yaml": facts, "items/zz-mutant.yaml": asking}


PARTS: tuple[Mutant, ...] = (
    Mutant("fact-format", {"facts/zz.yaml": _FACT.format(type="quantity").replace("light\n", "light #!\n", 1)}),
    Mutant(
        "synonym-twice",
        {
            "facts/zz.yaml": _FACT.format(type="choice")
            + "choices:\n  - {value: red, label: 红, synonyms: [亮的]}"
            + "\n  - {value: white, label: 白, synonyms: [亮的]} #!\n"
        },
    ),
    Mutant("unused-fact", {"facts/zz.yaml": _FACT.format(type="yes_no").replace("light\n", "light #!\n", 1)}),
    Mutant("catch-all", {"materials/zz.yaml": "id: zz-paper\nname: 其他材料 #!\nkind: other\n"}),
    Mutant("unused-material", {"materials/zz.yaml": "id: zz-paper #!\nname: 灯塔图\nkind: other\n"}),
    guide(
        "material-twice",
        materials="\n  - {material: resident-id-card-paper, reason: 看守灯人是谁}"
        "\n  - {material: resident-id-card-paper, reason: 再看一遍是谁} #!",
    ),
    guide(
        "submission-copies", materials="\n  - {material: resident-id-card-paper, reason: 看是谁, submission: exempt} #!"
    ),
    Mutant(
        "reason-repeated",
        {
            "items/zz-1.yaml": item("zz-one", name="甲灯塔", materials=_REASON.replace(" #!", "")),
            "items/zz-2.yaml": item("zz-two", name="乙码头", materials=_REASON.replace(" #!", "")),
            "items/zz-3.yaml": item("zz-three", name="丙航道", materials=_REASON),
        },
    ),
    Mutant(
        "reason-near",
        {
            "items/zz-1.yaml": item("zz-one", name="甲灯塔", materials=_REASON.replace(" #!", "")),
            "items/zz-2.yaml": item("zz-two", name="乙码头", materials=_REASON.replace("才放船出去", "才放船出海")),
        },
    ),
    Mutant("unused-source", {"sources/zz.yaml": _SOURCE.replace("zz-law\n", "zz-law #!\n")}),
    Mutant("source-expired", {"sources/zz.yaml": _SOURCE + "expires: 2010-01-01 #!\n", "items/zz-mutant.yaml": _CITED}),
    Mutant(
        "source-undated", {"sources/zz.yaml": "id: zz-law #!\ntitle: 灯塔夜航规定\n", "items/zz-mutant.yaml": _CITED}
    ),
    Mutant(
        "source-twice",
        {"sources/zz.yaml": "- id: zz-law\n  title: 灯塔规定\n- id: zz-law-again\n  title: 灯塔规定 #!\n"},
    ),
    Mutant(
        "source-repealed",
        {
            "sources/zz.yaml": "id: zz-law\ntitle: 中华人民共和国婚姻法 #!\neffective: 2001-04-28\n",
            "items/zz-mutant.yaml": _CITED,
        },
    ),
    Mutant(
        "source-outdated",
        {
            "sources/zz.yaml": "id: zz-law\ntitle: 中华人民共和国公司法\neffective: 2018-10-26 #!\n",
            "items/zz-mutant.yaml": _CITED,
        },
    ),
    guide("article-number", legal_basis="\n  source: resident-id-card-law\n  article: 第二十二条、第二十四条 #!"),
    Mutant("policy-number", {"policies/zz.yaml": _POLICY + "number: 1 #!\n"}),
    Mutant(
        "phone-format", {"places/zz.yaml": _PLACE + 'phones:\n  - "0417-12" #!\nbasis: {source: yingkou-plan-50}\n'}
    ),
    Mutant("place-source", {"places/zz.yaml": _PLACE + "address: 灯塔路1号 #!\n"}),
    Mutant(
        "coordinates", {"places/zz.yaml": _PLACE + "coordinates: [40.6, 122.2] #!\nbasis: {source: yingkou-plan-50}\n"}
    ),
    Mutant(
        "place-coverage",
        {"items/zz-mutant.yaml": item(handled_at="lighthouse")},
        {"city.yaml": ("place_kinds:\n", "place_kinds:\n  - {id: lighthouse, name: 灯塔} #!\n")},
    ),
    Mutant(
        "contact-phones",
        edits={
            "city.yaml": (
                'consultation_phone: "12345"\ncomplaint_phone: "12345"\n',
                'consultation_phone: "12333"\ncomplaint_phone: "12333" #!\n',
            )
        },
    ),
    _bundle(
        "bundle-item-twice",
        items="\n  - {item: zz-mutant, why: 先点灯}\n  - {item: zz-mutant, why: 又点灯} #!",
    ),
    _bundle(
        "after-outside",
        items="\n  - {item: zz-mutant, why: 先点灯}\n  - {item: zz-boat, why: 再开船, after: [passport]} #!",
    ),
    _bundle(
        "after-cycle",
        items="\n  - {item: zz-mutant, why: 点灯, after: [zz-boat]} #!"
        "\n  - {item: zz-boat, why: 开船, after: [zz-mutant]}",
    ),
    _bundle("preset-unused", preset="\n  by_proxy: true #!"),
    _bundle(
        "preset-unoffered",
        {
            **_TWO,
            "items/zz-mutant.yaml": item(
                questions="\n  - fact: residence_origin\n    options: [{value: mainland}, {value: hmt}]",
                conditions="\n  - {text: 亮, when: {residence_origin: hmt}}",
            ),
        },
        preset="\n  residence_origin: foreigner #!",
    ),
    _bundle(
        "bundle-item-never",
        _ASKING,
        preset="{by_proxy: true}",
        items="\n  - {item: zz-mutant, why: 点灯}\n  - {item: zz-boat, why: 开船, when: {by_proxy: false}} #!",
    ),
    _bundle(
        "bundle-item-idle",
        {
            **_TWO,
            "items/zz-boat.yaml": boat(
                questions=PROXY, outcomes="\n  - {kind: not_needed, when: {by_proxy: true}, text: 不用报}"
            ),
        },
        preset="{by_proxy: true}",
        items="\n  - {item: zz-mutant, why: 点灯}\n  - {item: zz-boat, why: 开船} #!",
    ),
    _bundle("bundle-asks-much", _many_questions(), preset="{} #!"),
)
