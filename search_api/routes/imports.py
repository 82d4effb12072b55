"""Importing files as drafts for review, with a preview first; exporting what is published."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Query, Request, Response
from starlette.concurrency import run_in_threadpool

from knowledge_base.exchange import Refused
from knowledge_base.exchange.apart import Done, Job
from knowledge_base.exchange.export import export as exported
from knowledge_base.exchange.mapping import NOTE, RAW, REQUIRED, Mapping
from knowledge_base.exchange.reading import EXTENSIONS
from knowledge_base.exchange.settings import headers

from ..import_payloads import (
    ExportFormat,
    ImportApplied,
    ImportAsked,
    ImportField,
    ImportFields,
    ImportPreview,
    MappingName,
    SavedMapping,
)
from ..importing import Mappings, received, run_apart
from ..maintaining import Reason, RecordKind
from ..problems import ProblemError
from ..resources import Resources
from .session import Editor, Held, Reader

router = APIRouter(prefix="/v1/maintain", tags=["maintain"])
Asked = Annotated[ImportAsked, Query()]
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "csv": "text/csv; charset=utf-8",
    "json": "application/json",
    "jsonl": "application/jsonl",
    "yaml": "application/zip",
}
FILE = {
    "requestBody": {
        "required": True,
        "content": {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}},
    }
}


def mappings(held: Held) -> Mappings:
    return Mappings(held.accounts.engine)


Saved = Annotated[Mappings, Depends(mappings)]


@router.get("/import/fields")
def fields(_: Reader) -> ImportFields:
    """What a column of each kind of table may hold."""
    kinds = {
        kind: [
            ImportField(field=field, label=names[0], required=field == REQUIRED[kind])
            for field, names in fields.items()
            if field != RAW and not field.startswith(NOTE)
        ]
        for kind, fields in headers().items()
    }
    return ImportFields.model_validate({"kinds": kinds, "formats": EXTENSIONS})


@router.get("/import/mappings")
def saved_mappings(_: Reader, saved: Saved) -> list[SavedMapping]:
    """Newest first."""
    return [SavedMapping.model_validate(row, from_attributes=True) for row in saved.every()]


@router.put("/import/mappings/{name}", status_code=204)
def save_mapping(name: MappingName, asked: Mapping, by: Editor, saved: Saved) -> None:
    """422 for a kind or a field that there is not."""
    try:
        mapping = Mapping.from_yaml(asked.model_dump_json())
    except Refused as error:
        raise ProblemError(422, f"{error}。") from error
    saved.save(name, mapping, by.name)


@router.post("/import/file/preview", openapi_extra=FILE)
async def preview(asked: Asked, request: Request, _: Editor, held: Held, saved: Saved) -> ImportPreview:
    """The body is the file. Reads it, guesses or takes the columns, and says what importing it would change; nothing is kept.
    413 for a file that is too much, 422 for one that cannot be read, both with the place."""
    return ImportPreview.model_validate((await _done(asked, request, held, saved)).preview)


@router.post("/import/file/apply", status_code=201, openapi_extra=FILE)
async def apply(
    asked: Asked,
    request: Request,
    by: Editor,
    held: Held,
    saved: Saved,
    state: Annotated[str, Query(min_length=1, max_length=64)],
    why: Annotated[Reason, Query()],
    submit: bool = True,
) -> ImportApplied:
    """As a preview of the same file came to: every changed record becomes a draft and, with `submit`, goes to review; all of
    them or none. 409 when the file, its columns or the content is not what the preview saw."""
    done = await _done(asked, request, held, saved, state=state, why=why, submit=submit, who=by.name)
    return ImportApplied.model_validate(done.applied)


async def _done(asked: ImportAsked, request: Request, held: Resources, saved: Mappings, **more: str | bool) -> Done:
    """Holds no thread while the file comes in."""
    mapping = await run_in_threadpool(saved.named, asked.mapping) if asked.mapping else None
    file = await received(request.stream())
    try:
        url = held.accounts.engine.url.render_as_string(hide_password=False)
        job = Job.model_validate(
            {"database": url, "file": file, "filename": asked.filename, "kind": asked.kind, "mapping": mapping, **more}
        )
        return await run_in_threadpool(run_apart, job)
    finally:
        file.unlink()


@router.get("/export", response_class=Response)
def export(
    _: Reader,
    held: Held,
    format: ExportFormat,
    kind: Annotated[list[RecordKind] | None, Query(max_length=12)] = None,
    id: Annotated[list[str] | None, Query(max_length=200)] = None,
) -> Response:
    """What is published, as a file: tables and Word hold items, FAQs, materials and places; JSON and YAML everything."""
    try:
        data = exported(held.city, format, kind, id)
    except ValueError as error:
        raise ProblemError(422, f"{error}。") from error
    name = f"{held.city.info.name}-{'-'.join(kind or ['全部'])}.{'zip' if format == 'yaml' else format}"
    disposition = {"content-disposition": f"attachment; filename*=UTF-8''{quote(name)}"}
    return Response(data, media_type=TYPES[format], headers=disposition)
