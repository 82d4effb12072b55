"""Single parts of an outcome as text a person reads."""

from collections.abc import Iterable, Sequence

from ..city import City
from ..outcome import Cited, FeeShown, LimitShown, OnlineShown, PlaceShown, RehearsalShown, StepShown, VisitsShown
from ..rehearsing import rehearsals_of
from ..schema import Basis, FeeLine, Limit, ServiceItem, Step, Submission
from .questions import number_text
from .resolve import Resolution

SUBMISSION = {
    Submission.REQUIRED: "必须提交",
    Submission.OPTIONAL: "按需提交",
    Submission.DEFERRABLE: "可以后补（容缺）",
    Submission.COMMITMENT: "可用承诺书代替",
    Submission.EXEMPT: "免提交（系统核验）",
}
FORMS = {"window": "窗口办", "online": "网上办", "mobile": "手机办", "mail": "邮寄办", "self_service": "自助机办"}
UNITS = {"working_days": "个工作日", "days": "日", "months": "个月", "hours": "小时"}
MATERIAL_FORM = {"paper": "纸质", "electronic": "电子", "both": "纸质或电子"}
WORKING_DAYS_PER = {"working_days": 1.0, "days": 5 / 7, "months": 21.75, "hours": 1 / 8}
"""For adding up a bundle only; 21.75 is the monthly mean the labour authorities use."""


def cite(city: City, bases: Iterable[Basis | None]) -> tuple[Cited, ...]:
    """Sources as shown, each once."""
    found: dict[tuple[str, str], Cited] = {}
    for b in bases:
        if b is not None and b.source in city.sources:
            s = city.sources[b.source]
            shown = Cited(
                title=s.title, number=s.number, article=b.article, gist=b.gist, effective=s.effective, url=s.url
            )
            found.setdefault((b.source, b.article), shown)
    return tuple(found.values())


def copies_text(originals: int, copies: int, form: str) -> str:
    parts = [f"原件{originals}份" if originals else "", f"复印件{copies}份" if copies else ""]
    text = "、".join(p for p in parts if p)
    return f"{text}（{MATERIAL_FORM[form]}）" if text else "不用交纸质材料"


def fee_line(line: FeeLine) -> str:
    amount = f"{number_text(float(line.amount))}{line.unit}" if line.amount is not None else ""
    parts = [p for p in (amount, line.text, line.reduction and f"减免：{line.reduction}") if p]
    return f"{line.name}：{'，'.join(parts)}" if parts else line.name


def fee(resolution: Resolution, city: City) -> FeeShown:
    f, lines = resolution.fee, resolution.fee_lines
    if f is None or f.charged is None:
        note = f"。{f.note}" if f and f.note else ""
        return FeeShown(charged=None, total=None, text=f"收费{city.info.unsourced}{note}")
    basis = cite(city, [f.basis, *(line.basis for line in lines)])
    note = f"。{f.note}" if f.note else ""
    if not f.charged:
        return FeeShown(charged=False, total=0.0, text=f"不收费{note}", basis=basis)
    if not lines:
        return FeeShown(charged=False, total=0.0, text=f"这种情形不收费{note}", basis=basis)
    shown = tuple(map(fee_line, lines))
    amounts = [float(line.amount) for line in lines if line.amount is not None]
    total = sum(amounts) if len(amounts) == len(lines) else None
    return FeeShown(charged=True, total=total, text="；".join(shown) + note, lines=shown, basis=basis)


def limit_text(limit: Limit) -> str:
    text = "当场办结" if limit.number == 0 else f"{number_text(limit.number)}{UNITS[limit.unit]}"
    return f"{text}（{limit.note}）" if limit.note else text


def limit(resolution: Resolution, city: City) -> LimitShown:
    statutory, promised = resolution.statutory, resolution.promised
    parts = [
        f"承诺{limit_text(promised)}" if promised else "",
        f"法定{limit_text(statutory)}" if statutory else "",
        "" if promised else f"承诺时限{city.info.unsourced}",
    ]
    counted = promised or statutory
    return LimitShown(
        text="；".join(p for p in parts if p),
        statutory=limit_text(statutory) if statutory else "",
        promised=limit_text(promised) if promised else "",
        working_days=round(counted.number * WORKING_DAYS_PER[counted.unit], 1) if counted else None,
        basis=cite(city, [x.basis for x in (promised, statutory) if x]),
    )


def visits(resolution: Resolution, city: City) -> VisitsShown:
    v = resolution.visits
    if v is None:
        return VisitsShown(number=None, text=f"到场次数{city.info.unsourced}")
    text = f"要跑{v.number}趟" if v.number else "不用跑，网上就能办完"
    return VisitsShown(number=v.number, reason=v.reason, text=f"{text}：{v.reason}" if v.reason else text)


def steps(found: Sequence[Step]) -> tuple[StepShown, ...]:
    return tuple(
        StepShown(
            name=s.name,
            text=s.text,
            office=s.office,
            time=f"{number_text(s.days)}{UNITS[s.unit]}" if s.days is not None else "",
            result=s.result,
        )
        for s in found
    )


def online(resolution: Resolution) -> OnlineShown:
    o, forms = resolution.online, resolution.forms
    available = bool({"online", "mobile"} & set(forms)) or (o is not None and o.depth in ("submit", "full"))
    if o is None:
        return OnlineShown(available=available, text="可以网上办" if available else "要到窗口办")
    where = "、".join(o.where)
    depth = {
        "full": "网上可以全程办完",
        "submit": "网上可以提交申请",
        "consult": "网上可以查询和预约，办理要到窗口",
        "": "",
    }
    text = depth[o.depth] or ("可以网上办" if available else "要到窗口办")
    text = f"{text}：{where}" if where else text
    return OnlineShown(
        available=available,
        text=f"{text}。{o.note}" if o.note else text,
        where=o.where,
        url=o.url,
        mobile_url=o.mobile_url,
    )


def rehearsals(city: City, item: ServiceItem, handling_item: str = "") -> tuple[RehearsalShown, ...]:
    return tuple(
        RehearsalShown(id=r.id, title=r.name, channel=city.channel_name(r.channel))
        for r in rehearsals_of(city, item.id, handling_item)
    )


def places(item: ServiceItem, city: City, region: str | None) -> tuple[PlaceShown, ...]:
    """Places of the district, or of every district where none was said; empty fields say that the official notice rules."""
    unsourced = city.info.unsourced
    shown = []
    for p in city.places_of(item, region):
        implementation = city.implementation(item, p.region)
        shown.append(
            PlaceShown(
                id=p.id,
                name=p.name,
                region=p.region,
                region_name=city.regions[p.region].name if p.region in city.regions else "",
                department=implementation.department or city.department_name(item.department, p.region),
                address=p.address or unsourced,
                hours=p.hours or unsourced,
                phones=implementation.phones or p.phones or (city.info.consultation_phone,),
                note=implementation.note or p.note,
            )
        )
    return tuple(shown)
