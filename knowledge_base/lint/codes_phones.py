"""Codes, phones, addresses in the net and coordinates that can't be."""

import re
from collections import defaultdict
from collections.abc import Iterator

from ..yaml_reader import Steps
from .context import Context, Finding, Findings, nested

_CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)
_URL = re.compile(r"https?://[A-Za-z0-9.-]+\.[A-Za-z]{2,}(:\d+)?(/[^\s<>\"]*)?")


def plausible_phone(context: Context, phone: str) -> bool:
    return phone in context.limits.service_phones or any(re.fullmatch(p, phone) for p in context.limits.phone_patterns)


def city_phones(context: Context) -> Iterator[tuple[str, str, Steps, str]]:
    info = context.city.info
    yield "", "", ("consultation_phone",), info.consultation_phone
    yield "", "", ("complaint_phone",), info.complaint_phone
    for i, channel in enumerate(info.channels):
        if channel.phone:
            yield "", "", ("channels", i, "phone"), channel.phone
    for key, place in context.city.places.items():
        for i, phone in enumerate(place.phones):
            yield "places", key, ("phones", i), phone
    for key, item in context.city.items.items():
        for region, implementation in item.implementations.items():
            for i, phone in enumerate(implementation.phones):
                yield "items", key, ("implementations", region, "phones", i), phone


def phone_format(context: Context) -> Findings:
    for folder, key, path, phone in city_phones(context):
        if not plausible_phone(context, phone):
            yield Finding(folder, key, path, f"「{phone}」不像电话号码，请核对；没有来源就不要写")


def contact_phones(context: Context) -> Findings:
    info = context.city.info
    if info.consultation_phone == info.complaint_phone != "12345":
        yield Finding("", "", ("complaint_phone",), "咨询电话和投诉电话不能相同（都是 12345 除外）")


def place_source(context: Context) -> Findings:
    """What sends a person somewhere needs a source."""
    for key, place in context.city.places.items():
        for name, label in (("address", "地址"), ("hours", "办公时间"), ("phones", "电话"), ("coordinates", "坐标")):
            value = getattr(place, name)
            if value and value not in (("12345",),) and not place.basis:
                yield Finding("places", key, (name,), f"{label}没有来源：请写 basis，查不到就留空")


def basic_code_twice(context: Context) -> Findings:
    having: dict[str, list[str]] = defaultdict(list)
    for key, item in context.city.items.items():
        if item.basic_code:
            having[item.basic_code].append(key)
    for code, keys in having.items():
        for key in keys[1:]:
            yield Finding("items", key, ("basic_code",), f"基本编码 {code} 和事项 {keys[0]} 重复")


def credit_code_valid(code: str) -> bool:
    """Check character of an 18-character unified social credit code (GB 32100-2015, modulo 31)."""
    if len(code) != 18 or any(c not in _CREDIT for c in code):
        return False
    total = sum(_CREDIT.index(c) * w for c, w in zip(code, _WEIGHTS, strict=False))
    return _CREDIT[-total % 31] == code[17]


def implementation_code(context: Context) -> Findings:
    """31 = 18 credit code + 1 level + 12 basic code; a handling item's is the same and two more."""
    for key, item in context.city.items.items():
        for region, implementation in item.implementations.items():
            code = implementation.code
            path = ("implementations", region, "code")
            if code and len(code) != 31:
                yield Finding(
                    "items",
                    key,
                    path,
                    f"实施编码应为 31 位（统一社会信用代码 18 + 层级 1 + 基本编码 12），现在是 {len(code)} 位",
                )
            elif code and not credit_code_valid(code[:18]):
                yield Finding("items", key, path, "实施编码前 18 位不是有效的统一社会信用代码（校验位不对）")
            elif code and item.basic_code and code[19:] != item.basic_code:
                yield Finding("items", key, path, f"实施编码后 12 位应是基本编码 {item.basic_code}")
        for i, handling in enumerate(item.handling_items):
            if handling.code and len(handling.code) not in (14, 33):
                yield Finding(
                    "items",
                    key,
                    ("handling_items", i, "code"),
                    "业务办理项编码应为实施编码（31 位）加 2 位，或基本编码加 2 位",
                )


def url_format(context: Context) -> Findings:
    for folder, key, record in context.records:
        for path, part in nested(record):
            for name in ("url", "mobile_url"):
                url = getattr(part, name, "")
                if url and not _URL.fullmatch(url):
                    yield Finding(folder, key, (*path, name), f"「{url}」不是网址，应以 http:// 或 https:// 开头")
    for i, channel in enumerate(context.city.info.channels):
        if channel.url and not _URL.fullmatch(channel.url):
            yield Finding("", "", ("channels", i, "url"), f"「{channel.url}」不是网址，应以 http:// 或 https:// 开头")


def coordinates(context: Context) -> Findings:
    (west, east), (south, north) = context.limits.longitude, context.limits.latitude
    for key, place in context.city.places.items():
        if place.coordinates and not (west <= place.coordinates[0] <= east and south <= place.coordinates[1] <= north):
            yield Finding("places", key, ("coordinates",), "坐标应是 [经度, 纬度]，这一对不在国内，请核对")


def place_coverage(context: Context) -> Findings:
    """A kind of place that items are handled at has one in every county-level division."""
    having = {(place.kind, place.region) for place in context.city.places.values()}
    for i, kind in enumerate(context.city.info.place_kinds):
        if not any(item.handled_at == kind.id for item in context.city.items.values()):
            continue
        missing = [r.name for r in context.city.info.regions if r.kind == "county" and (kind.id, r.code) not in having]
        if missing:
            yield Finding(
                "", "", ("place_kinds", i), f"有事项在「{kind.name}」办，但这些地方没有登记地点：{'、'.join(missing)}"
            )
