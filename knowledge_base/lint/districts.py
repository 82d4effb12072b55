"""An item that divisions keep for themselves is one item: the law asks for the same everywhere."""

from ..districts import COMMON, Lines, differences, namesakes, peers
from .context import Context, Finding, Findings

_SAME_EVERYWHERE = ("conditions", "materials", "fee", "limits", "steps")


def differ(context: Context) -> Findings:
    """Told at the later item of each pair, against the first in the order of regions: the city before its districts."""
    for items in namesakes(context.city):
        first, *_ = found = peers(items[0], items)
        try:
            told = list(differences(context.city, found, _SAME_EVERYWHERE)) if len(found) > 1 else []
        except (LookupError, ValueError):
            continue  # cannot be walked: other rules say why
        for key, field, here, there in told:
            parts = (
                f"这里有「{_short(context, here)}」" if here else "",
                f"那里有「{_short(context, there)}」" if there else "",
            )
            text = "，".join(p for p in parts if p)
            yield Finding(
                "items", key, (field,), f"{COMMON[field][0]}和同名事项 {first.id} 不一样：{text}；请核对是不是该统一"
            )


def _short(context: Context, lines: Lines) -> str:
    text = "；".join(lines)
    most = context.limits.difference_told
    return text if len(text) <= most else f"{text[:most]}…"
