"""The city that the database serves, now or at a moment in the past, and how the YAML gets in."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any
from weakref import WeakKeyDictionary

from pydantic import BaseModel
from sqlalchemy import Engine

from ..city import City, Origin
from ..schema import CityInfo
from .bodies import FOLDER_OF, body_of, record_of, records_of
from .errors import NotFound
from .store import Store

SEEDER = "seed"
"""Author of versions that come from the bundled YAML."""

_PARSED: WeakKeyDictionary[Engine, dict[int, BaseModel]] = WeakKeyDictionary()
"""Records of a database by version id: a version's body never changes, so it is validated once in a process."""


def seed(store: Store, city: City) -> int | None:
    """The database follows the YAML where nobody edited it there: new and changed records are published, ones that the
    YAML has no more are withdrawn; an edit made in the database is never overwritten. → revision, None without a change."""
    served = store.served()
    edited = {(v.kind, v.record) for v in served if v.author != SEEDER}
    records = records_of(city)
    gone = [(v.kind, v.record) for v in served if v.author == SEEDER and (v.kind, v.record) not in records]
    withdrawn = store.withdraw(gone, SEEDER, "随程序提供的内容里不再有")
    bodies = [(kind, id_, body_of(r)) for (kind, id_), r in records.items() if (kind, id_) not in edited]
    return store.put_published(bodies, SEEDER, "随程序提供的内容", origin=city.root.name) or withdrawn


def city_from(store: Store, root: Path, at: datetime | None = None) -> City:
    """Raises NotFound where nothing is published. `root` is only a name: nothing is read from it."""
    tables: dict[str, dict[str, Any]] = {folder: {} for folder in FOLDER_OF.values()}
    info: CityInfo | None = None
    digest = hashlib.sha256()
    parsed = _PARSED.setdefault(store.engine, {})
    served = store.served_ids(at)
    for version in store.versions([id_ for id_, _, _ in served if id_ not in parsed]):
        parsed[version.id] = record_of(version.kind, version.body)
    for id_, kind, name in served:
        record = parsed[id_]
        digest.update(f"{kind}/{name}/{id_};".encode())
        if isinstance(record, CityInfo):
            info = record
        else:
            tables[FOLDER_OF[kind]][name] = record
    if info is None:
        raise NotFound("数据库里还没有已发布的内容")
    origins = {(folder, id_): Origin(f"{folder}/{id_}") for folder, table in tables.items() for id_ in table}
    return City(root=root, info=info, digest=digest.hexdigest(), origins=origins, **tables)


def city_of(bodies: Iterable[tuple[str, str, dict[str, Any]]]) -> City:
    """A city of nothing but these `(kind, id, body)`. Raises NotFound where none of them is the city itself."""
    found = list(bodies)
    info = next((record_of(kind, body) for kind, _, body in found if kind == "city"), None)
    if not isinstance(info, CityInfo):
        raise NotFound("没有城市本身的内容")
    empty: dict[str, Any] = {folder: {} for folder in FOLDER_OF.values()}
    return with_bodies(City(root=Path("candidate"), info=info, digest="candidate", **empty), found)


def with_bodies(city: City, changes: Iterable[tuple[str, str, dict[str, Any] | None]]) -> City:
    """The city as it would be: `(kind, id, body)`, body None takes the record out. For linting and for diffs of outcomes."""
    tables = {folder: dict(getattr(city, folder)) for folder in FOLDER_OF.values()}
    info = city.info
    for kind, id_, body in changes:
        if kind == "city" and body is not None:
            record = record_of(kind, body)
            info = record if isinstance(record, CityInfo) else info
        elif body is None:
            tables[FOLDER_OF[kind]].pop(id_, None)
        else:
            tables[FOLDER_OF[kind]][id_] = record_of(kind, body)
    return City(root=city.root, info=info, digest="candidate", origins=city.origins, **tables)
