"""The rehearsal engine: what is wrong with a value in plain words, which fields show, what to have at hand."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.city import City
from knowledge_base.field_values import (
    CREDIT_CHARACTERS,
    FieldWrong,
    Typed,
    TypedFile,
    credit_digit,
    id_digit,
    luhn,
    range_text,
    read_value,
)
from knowledge_base.rehearsing import UnknownScreen, check_screen, preparations, rehearsals_of
from knowledge_base.schema import FieldKind, FormField, Rehearsal, Screen

TODAY = date(2026, 11, 25)
digits = st.text(alphabet="0123456789", min_size=17, max_size=17)


def field(kind: FieldKind = FieldKind.TEXT, **more: object) -> FormField:
    return FormField.model_validate({"id": "thing", "label": "东西", "kind": kind, "hint": "照着写", **more})


def form(*fields: FormField) -> Rehearsal:
    screen = Screen(id="only", title="一屏", purpose="试试", fields=fields)
    return Rehearsal(
        id="x", name="试", item="x", channel="portal", entry="点", summary="试", screens=(screen,), after=("完",)
    )


def told(city: City, typed: Typed, *fields: FormField, others: dict[str, Typed] | None = None) -> str:
    found = check_screen(city, form(*fields), "only", {**(others or {}), "thing": typed}, TODAY)
    return next((e.message for e in found.errors if e.field == "thing"), "")


@pytest.mark.parametrize(
    ("kind", "typed", "part"),
    [
        (FieldKind.ID_NUMBER, "99000019850307001", "18位，您填了17位"),
        (FieldKind.ID_NUMBER, "990000198503070016", "最后一位对不上"),
        (FieldKind.ID_NUMBER, "990000198513070015", "「19851307」不是一个可能的日期"),
        (FieldKind.ID_NUMBER, "000000198503070015", "不是任何省份"),
        (FieldKind.ID_NUMBER, "99000O198503070015", "前17位都是数字"),
        (FieldKind.ID_NUMBER, "990000203503070015", "不是一个可能的日期"),
        (FieldKind.ID_NUMBER, "９９００００１９８５０３０７００１５", ""),
        (FieldKind.ID_NUMBER, "990000 19850307 0015", ""),
        (FieldKind.MOBILE, "0417-2821234", "不填座机"),
        (FieldKind.MOBILE, "139 0000 0000", ""),
        (FieldKind.CREDIT_CODE, "92990000MA0000000I", "没有 I"),
        (FieldKind.CREDIT_CODE, "92990000MA00000006", "最后一位对不上"),
        (FieldKind.CREDIT_CODE, "92990000ma00000005", ""),
        (FieldKind.BANK_CARD, "6222000000000000005", "有一位抄错了"),
        (FieldKind.BANK_CARD, "622200", "16到19位数字，您填了6位"),
        (FieldKind.NUMBER, "900元", "不写单位"),
        (FieldKind.NUMBER, "1e9", "只填数字"),
        (FieldKind.DATE, "2025-02-29", "日期要写成"),
        (FieldKind.DATE, "2024年2月1日", "日期要写成"),
        (FieldKind.YES_NO, "maybe", "选项里选一个"),
        (FieldKind.REGION, "210100", "县（市）区"),
        (FieldKind.FILE, "照片.jpg", "空的"),
        (FieldKind.FILE, TypedFile(name="照片.jpg", size=0), "空的"),
    ],
)
def test_what_is_wrong_is_told_in_plain_words(city: City, kind: FieldKind, typed: Typed, part: str) -> None:
    message = told(city, typed, field(kind))
    assert part in message
    assert bool(part) == bool(message)


@pytest.mark.parametrize(
    ("kind", "check", "typed", "part"),
    [
        ("text", {"check": "length", "range": ">=2 <=4"}, "五个字的话", "在2到4之间，您写了5个字"),
        ("text", {"check": "written_as", "pattern": "person_name"}, "张 三", "中间不留空格"),
        ("text", {"check": "written_as", "pattern": "address"}, "幸福小区", "门牌号"),
        ("number", {"check": "range", "range": ">=100"}, "99", "不少于100元"),
        ("id_number", {"check": "age", "range": ">=60"}, "990000198503070015", "按您填的是41岁"),
        ("date", {"check": "not_future"}, "2026-11-26", "今天以后"),
        ("date", {"check": "not_past"}, "2026-11-24", "今天以前"),
        ("date", {"check": "not_past"}, "2026-11-25", ""),
        (
            "file",
            {"check": "file", "types": ["jpg"], "megabytes": 2},
            TypedFile(name="a.HEIC", size=9),
            "您选的是「heic」",
        ),
        (
            "file",
            {"check": "file", "types": ["jpg"], "megabytes": 2},
            TypedFile(name="a.JPG", size=2_000_001),
            "最大2MB",
        ),
        ("file", {"check": "file", "types": ["jpg"], "megabytes": 2}, TypedFile(name="照片", size=9), "没有扩展名"),
        ("text", {"check": "length", "range": ">9", "text": "写长一点"}, "短", "写长一点"),
    ],
)
def test_checks_are_told_in_plain_words(
    city: City, kind: str, check: dict[str, object], typed: Typed, part: str
) -> None:
    message = told(city, typed, field(FieldKind(kind), checks=check, unit="元"))
    assert part in message
    assert bool(part) == bool(message)


@pytest.mark.parametrize(
    ("check", "first", "second", "part"),
    [
        ("after", "2025-01-02", "2025-01-01", "要晚于「开头」"),
        ("after", "2025-01-02", "2025-01-03", ""),
        ("same_as", "2025-01-02", "2025-01-03", "要和「开头」一样"),
        ("differs_from", "2025-01-02", "2025-01-02", "不能和「开头」一样"),
        ("differs_from", "", "2025-01-02", ""),
    ],
)
def test_fields_are_compared_with_each_other(city: City, check: str, first: str, second: str, part: str) -> None:
    one = field(FieldKind.DATE, required=False).model_copy(update={"id": "begin", "label": "开头"})
    other = field(FieldKind.DATE, checks={"check": check, "field": "begin"})
    message = told(city, second, one, other, others={"begin": first})
    assert part in message
    assert bool(part) == bool(message)


def test_empty_is_missing_only_where_it_is_asked_for(city: City) -> None:
    assert told(city, "  ", field()) == "「东西」还没有填"
    assert told(city, False, field(FieldKind.CONFIRMATION)) == "要先看清楚，再勾选「东西」"
    assert told(city, "", field(required=False)) == ""
    assert told(city, "false", field(FieldKind.YES_NO)) == ""


@given(digits)
def test_one_wrong_digit_of_an_identity_number_is_always_found(first: str) -> None:
    last = id_digit(first)
    for at in range(17):
        other = first[:at] + str((int(first[at]) + 1) % 10) + first[at + 1 :]
        assert id_digit(other) != last


@given(st.text(alphabet=CREDIT_CHARACTERS, min_size=17, max_size=17), st.integers(0, 16))
def test_one_wrong_character_of_a_credit_code_is_always_found(first: str, at: int) -> None:
    wrong = CREDIT_CHARACTERS[(CREDIT_CHARACTERS.index(first[at]) + 1) % 31]
    assert credit_digit(first[:at] + wrong + first[at + 1 :]) != credit_digit(first)


def test_check_digits_agree_with_the_standards() -> None:
    """The worked examples of GB 11643, of GB 32100 and of Luhn's patent."""
    assert id_digit("11010519491231002") == "X"
    assert credit_digit("91350100M000100Y4") == "3"
    assert luhn("79927398713")
    assert not luhn("79927398710")


def test_ranges_are_said_as_people_say_them() -> None:
    said = [range_text(r) for r in (">=2 <=4", ">=2", "<5", "=3", ">2 <=4", ">2")]
    assert said == ["在2到4之间", "不少于2", "小于5", "正好是3", "大于2、不超过4", "大于2"]


@given(st.sampled_from(list(FieldKind)), st.one_of(st.booleans(), st.text(max_size=40)))
def test_no_value_breaks_a_field(kind: FieldKind, typed: bool | str) -> None:
    """Any other exception fails."""
    with suppress(FieldWrong):
        read_value(field(kind), typed, {"a": "甲"}, TODAY)


def test_fields_appear_and_vanish_with_what_they_hang_on(city: City) -> None:
    rent = city.rehearsals["rehearse-fund-rent"]
    cases: list[tuple[dict[str, Typed], bool]] = [
        ({}, False),
        ({"is_married": "true"}, True),
        ({"is_married": "false", "spouse_name": "李四"}, False),
    ]
    for typed, shown in cases:
        assert ("spouse_name" in check_screen(city, rent, "rental", typed, TODAY).fields) is shown


def test_what_hangs_on_a_vanished_field_vanishes_too(city: City) -> None:
    deciding = field(FieldKind.YES_NO).model_copy(update={"id": "first"})
    second = field(FieldKind.YES_NO, when={"first": True}).model_copy(update={"id": "second"})
    third = field(when={"second": True})
    typed: dict[str, Typed] = {"first": "false", "second": "true"}
    found = check_screen(city, form(deciding, second, third), "only", typed, TODAY)
    assert found.fields == ("first",)


def test_papers_are_named_once_with_all_their_uses(city: City) -> None:
    rent = city.rehearsals["rehearse-fund-rent"]
    ready = preparations(city, rent, {"is_married": "true"}, TODAY)
    names = [p.name for p in ready]
    assert len(names) == len(set(names))
    certificate = next(p for p in ready if p.name == "结婚证")
    assert certificate.uses == ("照着填：配偶姓名", "照着填：配偶身份证号")
    assert "结婚证" not in [p.name for p in preparations(city, rent, {"is_married": "false"}, TODAY)]


def test_a_screen_that_is_not_there_is_refused(city: City) -> None:
    with pytest.raises(UnknownScreen):
        check_screen(city, city.rehearsals["rehearse-fund-rent"], "nowhere", {}, TODAY)


def test_a_rehearsal_belongs_to_its_handling_items(city: City) -> None:
    rent = "housing-fund-withdrawal-rent"
    assert "rehearse-fund-rent" in [r.id for r in rehearsals_of(city, "housing-fund-withdrawal", rent)]
    close = rehearsals_of(city, "housing-fund-withdrawal", "housing-fund-withdrawal-close")
    assert "rehearse-fund-rent" not in [r.id for r in close]
    assert rehearsals_of(city, "no-such-item") == []
