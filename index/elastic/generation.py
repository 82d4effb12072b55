"""The two indices of one version: made, filled, shown, thrown away."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from elasticsearch import ApiError, BadRequestError, ConflictError, Elasticsearch, NotFoundError, TransportError

from ..engine import Record
from ..errors import EngineUnavailable, Unconfirmed
from . import layout, state
from .bulk import Action, Bulk, delete, put
from .connection import BUSY
from .deadline import left
from .limits import Write
from .pages import every
from .state import State, copy_of

_EXISTS = "resource_already_exists_exception"


class Generation:
    """Nothing here is seen by a reader before the state names it. Vendor errors come as they are."""

    def __init__(self, client: Elasticsearch, names: layout.Names, version: str, numbers: Write) -> None:
        self._client = client
        self._numbers = numbers
        self.version = version
        self.units, self.documents = names.generation(version)

    def create(self, first: State) -> None:
        """Both indices with every copy there. Raises EngineUnavailable where a copy does not come."""
        dimension = first.manifest.dimension
        vectors = {"properties": {"vector": layout.vector(dimension)}} if dimension else None
        # the server waits for the copies, and the client for the server
        patient = self._client.options(request_timeout=self._numbers.replicas + self._numbers.request)
        for name, mappings in ((self.units, vectors), (self.documents, None)):
            try:
                whole = patient.indices.create(
                    index=name,
                    mappings=mappings,
                    wait_for_active_shards="all",
                    timeout=f"{self._numbers.replicas:g}s",
                )["shards_acknowledged"]
            except BadRequestError as error:
                # the name is new: the first answer was lost, and this was the client's second try
                if error.error != _EXISTS:
                    raise
                whole = False
            if not whole:
                raise EngineUnavailable("检索引擎的节点还没有备齐，请稍后再试")
        self._client.index(index=self.documents, id=state.ID, op_type="create", document={"state": first.to_json()})

    def begun(self) -> State | None:
        """The state, where an earlier process made this generation; None where it did not come so far."""
        try:
            return self.read()[0]
        except NotFoundError:
            return None

    def read(self) -> tuple[State, int, int]:
        """State, and what `save` needs to see that nobody wrote in between."""
        found = self._client.get(index=self.documents, id=state.ID)
        return State.from_json(found["_source"]["state"]), found["_seq_no"], found["_primary_term"]

    def save(self, new: State, number: int, term: int) -> tuple[int, int]:
        """Raises ConflictError when another writer came first."""
        said = self._client.index(
            index=self.documents,
            id=state.ID,
            document={"state": new.to_json()},
            if_seq_no=number,
            if_primary_term=term,
            timeout=f"{self._numbers.primary:g}s",
        )
        return said["_seq_no"], said["_primary_term"]

    def serve(self, new: State, number: int, term: int) -> None:
        """As `save`, for the state that publishes an edition, until there is an answer. Only its writer can have written that
        state: where it stands already, an earlier answer was lost on the way. Raises Unconfirmed when the publish's time is
        over."""
        try:
            while not self._saved(new, number, term):
                time.sleep(min(self._numbers.first_wait, left()))
        except EngineUnavailable as error:
            raise Unconfirmed(
                "没有等到检索引擎的最后答复：这次发布可能已经生效，也可能没有；再发布一次没有害处"
            ) from error

    def _saved(self, new: State, number: int, term: int) -> bool:
        """False where no answer tells what became of it."""
        try:
            try:
                self.save(new, number, term)
                return True
            except ConflictError:
                found = self.read()[0]
                if found != new and (found.changes >= new.changes or found.attempt > new.attempt):
                    raise
                return found == new  # else an earlier try stands on the primary, and this copy does not have it yet
        except TransportError:
            return False
        except ApiError as error:
            if error.status_code not in BUSY:
                raise
            return False

    def write(self, records: Iterable[Record], edition: int) -> None:
        """A document goes after its units: where it is, they are. Holds some records in memory, not all."""
        bulk = Bulk(self._client, self._numbers)
        coming = iter(records)
        while part := list(islice(coming, self._numbers.records)):
            bulk.write(action for record in part for action in self._units_of(record, edition))
            bulk.write(self._document_of(record, edition) for record in part)

    def erase(self, query: dict[str, Any]) -> None:
        """Everything in both indices that the query finds."""
        bulk = Bulk(self._client, self._numbers)
        for index, by in ((self.units, ("copy", "unit")), (self.documents, ("copy",))):
            found = every(self._client, index, query, by, self._numbers.actions)
            bulk.write(delete(index, hit["_id"]) for hit in found)

    def show(self) -> None:
        """Raises EngineUnavailable unless every copy that serves shows what was written."""
        shards = self._client.indices.refresh(index=[self.units, self.documents])["_shards"]
        if shards["failed"]:
            raise EngineUnavailable("检索引擎有节点没有应答，这次没有发布，请稍后再试")

    def copies(self, documents: Iterable[str], served: State) -> list[str]:
        """Names of the copies of these documents that the state serves."""
        wanted = list(documents)
        found: list[str] = []
        for start in range(0, len(wanted), self._numbers.records):
            part = wanted[start : start + self._numbers.records]
            query = {"bool": {"filter": [*served.filters(), {"terms": {"document": part}}]}}
            hits = self._client.search(index=self.documents, query=query, size=len(part), source_includes=["copy"])
            found += [hit["_source"]["copy"] for hit in hits["hits"]["hits"]]
        return found

    def delete(self) -> None:
        """As well as can be: what is left behind is swept by the next build."""
        with contextlib.suppress(ApiError, TransportError):
            self._client.indices.delete(index=[self.units, self.documents], ignore_unavailable=True)

    def _units_of(self, record: Record, edition: int) -> Iterator[Action]:
        document, copy = record.document, copy_of(record.document.id, edition)
        for unit in record.units:
            source: dict[str, Any] = {
                "grams": unit.grams,
                "words": unit.words,
                "sound": unit.sound,
                "spelling": unit.spellings,
                "document": document.id,
                "copy": copy,
                "edition": edition,
                "unit": unit.number,
                "kind": document.kind,
                "region": document.regions,
                "audience": document.audiences,
            }
            if document.department:
                source["department"] = document.department
            if unit.vector is not None:
                source["vector"] = unit.vector
            yield put(self.units, f"{copy}#{unit.number}", source)

    def _document_of(self, record: Record, edition: int) -> Action:
        document, copy = record.document, copy_of(record.document.id, edition)
        source = {
            "body": document.to_json(),
            "document": document.id,
            "copy": copy,
            "edition": edition,
            "digest": document.digest(),
            "starters": list(dict.fromkeys(key for starter in record.starters for key in starter.keys)),
            "popularity": document.popularity,
            "kind": document.kind,
        }
        return put(self.documents, copy, source)
