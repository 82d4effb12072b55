"""Codes, telephone and document numbers find their record first, on both engines, however they are typed."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from index import Index, IndexSettings, build, open_index
from index.models import Document, Section

CODE, OTHER_CODE = "11210800MB1520303P4210111001000", "11210800MB1520303P4210111001001"
DOCUMENTS = [
    Document("id-card", "item", "居民身份证申领", "身份证丢失后补办。", aliases=(CODE,)),
    Document("passport", "item", "普通护照签发", "出国前申请护照。", aliases=(OTHER_CODE, "000111008000")),
    Document("hotline", "item", "12345热线咨询、投诉和求助", "有事打12345，劳动的事打12333。"),
    Document("labour", "item", "劳动保障监察投诉（12333）", "拖欠工资可以投诉。"),
    Document("hall", "place", "政务服务中心", "", (Section("phone-0", "phone", "0417-2800001"),)),
    Document("tax", "place", "办税服务厅", "", (Section("phone-0", "phone", "0417-2800002"),)),
    Document("capital", "place", "驻京联络处", "", (Section("phone-0", "phone", "010-62800001"),)),
    Document("rule", "policy", "临时救助办法", "", (Section("basis-0", "basis", "国发〔2014〕47号"),)),
    Document("law", "policy", "户籍制度改革意见", "", (Section("basis-0", "basis", "国发〔2014〕25号"),)),
]
TYPED = {
    CODE: "id-card",
    CODE.lower(): "id-card",
    f"编码{OTHER_CODE}": "passport",
    "000111008000": "passport",
    "12345": "hotline",
    "１２３４５": "hotline",
    "12333": "labour",
    "0417-12345": "hotline",
    "0417—12333": "labour",
    "0417-2800001": "hall",
    "04172800002": "tax",
    "0417 2800001": "hall",
    "（0417）2800002": "tax",
    "0417—2800001": "hall",
    "0417-2800002这个电话没人接": "tax",
    "01062800001": "capital",
    "国发〔2014〕47号": "rule",
    "国发[2014]25号": "law",
    "国发2014 25号": "law",
    "国发2014年第25号是什么文件": "law",
}


@pytest.fixture
def numbered(settings: IndexSettings, encoder_dir: Path) -> Iterator[Index]:
    own = replace(settings, encoder_dir=encoder_dir)
    build(DOCUMENTS, own)
    with open_index(own) as index:
        yield index


def test_a_number_finds_its_record_first(numbered: Index) -> None:
    found = {typed: numbered.search(typed).hits[0].id for typed in TYPED}
    assert found == TYPED


def test_a_number_of_nobody_is_not_taken_for_another(numbered: Index) -> None:
    for typed in ("0417-2899999", "04172899999", "11210800MB1520303P4210111009999"):
        assert not numbered.search(typed).hits


def test_what_is_asked_about_a_document_number_does_not_make_it_less_sure(numbered: Index) -> None:
    alone, asked = numbered.search("国发〔2014〕47号"), numbered.search("国发2014年47号是什么文件")
    assert asked.hits[0].id == alone.hits[0].id == "rule"
    assert asked.signals["cosine"] == pytest.approx(alone.signals["cosine"], abs=0.001)
