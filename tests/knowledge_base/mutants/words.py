"""Rules on names, phrasings and answers, and on texts that are clones."""

from .base import Mutant, boat, faq, guide, item

_LONG = (
    "\n  - {{text: 灯塔每天黄昏点亮，天亮以前不许熄灭}}"
    "\n  - {{text: 守塔的人要会看{sea}图，认得浪头和风向}}"
    "\n  - {{text: 船进港以前先鸣笛三声，听见回应再靠岸{more}}}"
)
_MORE = "，潮水退了等到天亮再说，船长要留在甲板上看着缆绳，别人下去休息，第二天一早到值班室换牌子，领早饭"
_FEE = "{charged: true, online_payment: true, basis: {source: yingkou-plan-50}, lines: {name: 灯油费, amount: 20}}"
_LIMIT = "{kind: statutory, number: 9, unit: working_days, basis: {source: yingkou-plan-50}}"
_REST = "夜里归值班员管，白天归海事的同志管，先打电话说清楚在哪个码头，再等人来看，别自己上去动设备。"


def _faq(rule: str, guide_fields: dict[str, str] | None = None, **fields: str) -> Mutant:
    files = {"faqs/zz.yaml": faq(**fields)}
    if guide_fields is not None:
        files["items/zz-mutant.yaml"] = item(**guide_fields)
    return Mutant(rule, files)


def _two_faqs(first: str, second: str) -> Mutant:
    one = faq(
        "zz-faq-one",
        question="灯为啥不亮了？",
        phrasings=f"[{first}, 没电了咋整, 守塔人睡着了吧, 换灯泡找谁, 夜里瞎摸]",
    )
    two = faq(
        question="船几点能进来？",
        phrasings=f"\n  - {second} #!\n  - 靠岸等多久\n  - 鸣笛几声\n  - 浪大让不让进\n  - 啥时候开闸",
    )
    return Mutant("phrasing-near", {"faqs/zz-1.yaml": one, "faqs/zz-2.yaml": two})


WORDS: tuple[Mutant, ...] = (
    Mutant(
        "name-twice",
        {"items/zz-1.yaml": boat(name="同名灯塔备案"), "items/zz-2.yaml": item("zz-mutant", name="同名灯塔备案 #!")},
    ),
    guide("handling-id-twice", handling_items="\n  - {id: passport, name: 夜航} #!"),
    Mutant(
        "names-near",
        {
            "items/zz-1.yaml": boat(name="海上灯塔夜间航行安全登记"),
            "items/zz-2.yaml": item(name="海上灯塔夜间航行安全登记处 #!"),
        },
    ),
    Mutant(
        "alias-is-name",
        {"items/zz-1.yaml": boat(), "items/zz-2.yaml": item(aliases="\n  - 点灯\n  - 远洋渔船试水备案 #!")},
    ),
    Mutant(
        "alias-shared",
        {"items/zz-1.yaml": boat(aliases="[夜里开灯]"), "items/zz-2.yaml": item(aliases="\n  - 夜里开灯 #!")},
    ),
    guide("alias-useless", aliases="\n  - 海上灯塔夜航登记 #!"),
    _faq("phrasings-few", phrasings="#!\n  - 点灯归谁管\n  - 灯坏了\n  - 守灯的人搁哪"),
    _faq(
        "phrasing-twice",
        {"phrasings": "[灯坏了找谁修]"},
        phrasings="\n  - 灯坏了找谁修 #!\n  - 点灯归谁管\n  - 守灯的人搁哪\n  - 换灯泡咋整\n  - 夜里瞎摸",
    ),
    _two_faqs("晚上黑灯瞎火的可咋办呀", "晚上黑灯瞎火的可咋办"),
    _faq(
        "title-noun",
        {},
        question="夜航登记找谁？",
        items="[zz-mutant]",
        phrasings="#!\n  - 夜航归谁管\n  - 想整个夜航\n  - 夜航的事\n  - 守灯的人搁哪\n  - 开灯找哪个",
    ),
    _faq("answer-length", answer="归海事管。 #!"),
    Mutant("faq-alone", {"faqs/zz.yaml": faq(topics="").replace("zz-faq\n", "zz-faq #!\n", 1)}),
    _faq("faq-fee", {"fee": _FEE}, items="[zz-mutant]", answer=f"收费80元，{_REST} #!"),
    _faq("faq-limit", {"limits": _LIMIT}, items="[zz-mutant]", answer=f"三十个工作日办结，{_REST} #!"),
    _faq(
        "faq-visits", {"visits": "{number: 1, reason: 要摸到灯}"}, items="[zz-mutant]", answer=f"要跑三趟，{_REST} #!"
    ),
    _faq("phone-in-text", answer=f"打0417-2222222问，{_REST} #!"),
    Mutant(
        "item-clone",
        {
            "items/zz-1.yaml": boat(summary="点灯。", conditions=_LONG.format(sea="海", more="")),
            "items/zz-2.yaml": item(name="夜航灯塔 #!", summary="点灯。", conditions=_LONG.format(sea="海", more="")),
        },
    ),
    Mutant(
        "item-near",
        {
            "items/zz-1.yaml": boat(summary="点灯。", conditions=_LONG.format(sea="海", more="")),
            "items/zz-2.yaml": item(
                name="夜航灯塔 #!", summary="看灯。", conditions=_LONG.format(sea="河道水情", more=_MORE)
            ),
        },
    ),
)
