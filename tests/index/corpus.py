"""A small fixed corpus, and vectors by hand, on which order, score and range are known."""

from __future__ import annotations

from datetime import date

import numpy as np

from index.engine import Record
from index.models import Document, Section
from index.units import Piece, pieces, record_of

WINDOW = 220
DIMENSION = 4

DOCUMENTS = [
    Document(
        "id-card",
        "item",
        "居民身份证补领",
        summary="身份证丢失后补领新证。",
        sections=(Section("m", "material", "居民户口簿"),),
        regions=("210802", "210803"),
        audiences=("person",),
        department="公安局",
        aliases=("补办身份证",),
        popularity=0.9,
    ),
    Document(
        "food-licence",
        "item",
        "食品经营许可",
        summary="开餐饮店要先取得食品经营许可证。",
        regions=("210802",),
        audiences=("business",),
        department="市场监督管理局",
        popularity=0.6,
    ),
    Document(
        "hukou-faq",
        "faq",
        "户口簿丢了怎么补",
        summary="到户籍所在地派出所补发居民户口簿。",
        regions=("210802", "210803"),
        audiences=("person",),
        popularity=0.2,
    ),
    Document("hall", "place", "站前区政务服务中心", summary="办理身份证、社保等业务。", regions=("210802",)),
    Document("old-rule", "policy", "身份证换发旧规定", summary="已经失效。", valid_to=date(2020, 1, 1)),
]
DIRECTIONS = {
    "id-card": (1.0, 0.0, 0.0, 0.0),
    "food-licence": (0.0, 1.0, 0.0, 0.0),
    "hukou-faq": (0.6, 0.0, 0.8, 0.0),
    "hall": (0.0, 0.0, 0.0, 1.0),
    "old-rule": (0.8, 0.0, 0.0, 0.6),
}


def record(document: Document, direction: tuple[float, ...] | None = None) -> Record:
    parts: list[Piece] = pieces(document, WINDOW)
    row = np.array(direction or DIRECTIONS[document.id], np.float32)
    return record_of(document, parts, np.tile(row, (len(parts), 1)))


def records() -> list[Record]:
    return [record(d) for d in DOCUMENTS]
