"""Trains what the product serves, top to bottom: content → look-ups → Rasa → encoder → index → evaluation report.

usage: train.py [content | nlu | encoder | index | evaluate | all] [--force] [--sets FOLDER …]

Each stage says what it did and how long it took, and does nothing when nothing that it reads has changed. `nlu` needs no torch
and is what `make setup` calls; `all` is what `make train` calls. A tuned encoder is promoted only when it loses on no set and gains
on one, against the encoder as published and against the one that serves: the golden questions over the content, and every folder
given by --sets (form: `python -m index evaluate --help`). A product that runs takes up a new encoder when it is started again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

import yaml

from index import Document, promotion, training
from index.encoders import default_encoder
from index.evaluate import table
from index.from_knowledge import documents_of
from index.quantise import quantise
from knowledge_base.city import City
from knowledge_base.lint import lint_folder
from knowledge_base.loader import CONTENT, DEFAULT_CITY, load_city
from knowledge_base.problems import ContentError, Problem, Severity
from knowledge_base.schema import Bundle, ServiceItem

ROOT = Path(__file__).resolve().parent
VAR = ROOT / "var"
RASA_PYTHON = ROOT / ".venv-rasa" / "bin" / "python"
LOOKUPS = VAR / "rasa" / "lookups"
MODELS = VAR / "rasa" / "models"
MODEL_NAME = "assistant"
RASA_LOG = VAR / "log" / "rasa-train.log"
RASA_TIMEOUT = 15 * 60.0
RASA_INPUTS = ("assistant/config.yml", "assistant/domain", "assistant/rules", "assistant/components", "nlu_data")
ENCODERS = VAR / "encoder"
BASE_ENCODER = "bge-small-zh-v1.5"
GOLDEN = ROOT / "tests" / "golden" / "search.yaml"
REPORT = VAR / "evaluation.txt"
UNCHANGED, PROMOTED, NOT_PROMOTED = "nothing has changed", "promoted", "not promoted"


class Failed(Exception):
    """A stage could not be done; the message says why, in words for the maintainer."""


def main() -> None:
    stages: dict[str, Callable[[argparse.Namespace], str]] = {
        "content": check_content,
        "nlu": train_nlu,
        "encoder": train_encoder,
        "index": build_index,
        "evaluate": report,
    }
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stage", nargs="?", default="all", choices=[*stages, "all"])
    parser.add_argument("--force", action="store_true", help="do it even if nothing has changed")
    parser.add_argument("--sets", nargs="*", type=Path, default=[], metavar="FOLDER", help="further evaluation sets")
    arguments = parser.parse_args()
    try:
        for name in stages if arguments.stage == "all" else [arguments.stage]:
            started = time.monotonic()
            print(f"{name}: {stages[name](arguments)} ({time.monotonic() - started:.0f} s)", flush=True)
    except Failed as error:
        raise SystemExit(f"✗ {error}") from None


# --- content


def check_content(arguments: argparse.Namespace) -> str:
    """The city's content without one error of the linter; the other stages ask only that it can be read."""
    errors = [p for p in lint_folder(city_folder())[1] if p.severity is Severity.ERROR]
    if errors:
        raise Failed(_listed(errors))
    return "no errors"


def city_folder() -> Path:
    return Path(os.environ.get("CITY") or CONTENT / DEFAULT_CITY)


def read_city() -> City:
    try:
        return load_city(city_folder())
    except ContentError as error:
        raise Failed(_listed(error.problems)) from None


def _listed(problems: Iterable[Problem]) -> str:
    found = list(problems)
    shown = [f"  {p.file}:{p.line} {p.message}" for p in found[:20]]
    return "\n".join([f"{len(found)} errors in the city's content (python -m knowledge_base lint):", *shown])


# --- Rasa: look-ups from the content, then intents and rules


def train_nlu(arguments: argparse.Namespace) -> str:
    write_lookups(read_city())
    wanted = rasa_fingerprint()
    archive, stamp = MODELS / f"{MODEL_NAME}.tar.gz", MODELS / f"{MODEL_NAME}.fingerprint"
    if not arguments.force and archive.exists() and stamp.exists() and stamp.read_text() == wanted:
        return UNCHANGED
    stamp.unlink(missing_ok=True)
    _train_rasa(aside := MODELS / "new")
    # The running server holds its own copy unpacked; the next start takes this one.
    (aside / f"{MODEL_NAME}.tar.gz").replace(archive)
    shutil.rmtree(aside)
    stamp.write_text(wanted)
    return f"trained → {archive.relative_to(ROOT)}"


def write_lookups(city: City) -> None:
    """Names that the city's content knows, for Rasa: districts and what they are called; items and bundles.

    Longest first, because Rasa makes one alternation of them and takes what matches first.
    """
    LOOKUPS.mkdir(parents=True, exist_ok=True)
    regions = {r.name: [r.name, *r.aliases] for r in city.info.regions}
    entries: list[ServiceItem | Bundle] = [*city.items.values(), *city.bundles.values()]
    items = {e.name: [e.name, *e.aliases] for e in entries}
    for entity, names in (("region", regions), ("item", items)):
        blocks = [
            _block("lookup", entity, sorted({n for all_ in names.values() for n in all_}, key=lambda n: (-len(n), n)))
        ]
        blocks += [_block("synonym", name, all_[1:]) for name, all_ in names.items() if all_[1:]]
        text = yaml.safe_dump({"version": "3.1", "nlu": blocks}, allow_unicode=True, sort_keys=False, width=1000)
        path = LOOKUPS / f"{entity}.yml"
        if not path.exists() or path.read_text("utf-8") != text:
            path.write_text(text, "utf-8")


def _block(kind: str, name: str, examples: list[str]) -> dict[str, str]:
    return {kind: name, "examples": "".join(f"- {e}\n" for e in examples)}


def rasa_fingerprint() -> str:
    """Everything that a trained model depends on: data, rules, domain, components, look-ups, the encoder as it was fetched
    (assistant/config.yml: not the tuned one), Rasa itself."""
    digest = hashlib.sha256((ROOT / "requirements" / "rasa.txt").read_bytes())
    for folder in [*(ROOT / name for name in RASA_INPUTS), LOOKUPS]:
        files = [folder] if folder.is_file() else sorted(p for p in folder.rglob("*") if p.suffix in (".yml", ".py"))
        for file in files:
            digest.update(f"{file.relative_to(ROOT)}\0".encode() + file.read_bytes() + b"\0")
    card = ENCODERS / BASE_ENCODER / "encoder.json"
    digest.update(card.read_bytes() if card.exists() else b"")
    return digest.hexdigest()


def _train_rasa(out: Path) -> None:
    shutil.rmtree(out, ignore_errors=True)
    RASA_LOG.parent.mkdir(parents=True, exist_ok=True)
    data = ["nlu_data", "assistant/rules", str(LOOKUPS.relative_to(ROOT))]
    command = [str(RASA_PYTHON), "-m", "rasa", "train", "--config", "assistant/config.yml"]
    command += ["--domain", "assistant/domain", "--data", *data]
    command += ["--out", str(out), "--fixed-model-name", MODEL_NAME, "--skip-validation"]
    quiet = {"RASA_TELEMETRY_ENABLED": "false", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    paths = {"PYTHONPATH": str(ROOT), "RASA_CACHE_DIRECTORY": str(VAR / "rasa" / "cache")}
    environment = {**os.environ, **quiet, **paths}
    with RASA_LOG.open("w") as log:
        try:
            done = subprocess.run(
                command, cwd=ROOT, env=environment, stdout=log, stderr=log, timeout=RASA_TIMEOUT, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Failed(f"Rasa could not be trained: {error}") from None
    if done.returncode or not (out / f"{MODEL_NAME}.tar.gz").exists():
        tail = "\n".join(RASA_LOG.read_text(errors="replace").splitlines()[-15:])
        raise Failed(f"Rasa could not be trained; the end of {RASA_LOG.relative_to(ROOT)}:\n{tail}")


# --- encoder: tuned on the published content, promoted when no set loses


def train_encoder(arguments: argparse.Namespace) -> str:
    base, tuned, stamp = ENCODERS / BASE_ENCODER, ENCODERS / "tuned", ENCODERS / "tuned.fingerprint"
    if not (base / "model.onnx").exists():
        return f"not tuned: {BASE_ENCODER} is not in var/encoder (`python -m index fetch-encoder`), the fallback stays as it is"
    documents = list(documents_of(read_city()))
    sayings = training.sayings_of(documents)
    wanted = encoder_fingerprint(base, sayings, arguments.sets)
    before, _, outcome = stamp.read_text().partition(" ") if stamp.exists() else ("", "", "")
    if not arguments.force and before == wanted and (tuned.exists() or outcome != PROMOTED):
        return f"{UNCHANGED} ({outcome})"
    with tempfile.TemporaryDirectory(dir=VAR) as aside:
        work = Path(aside)
        _tune(base, sayings, work)
        sets = [golden_set(documents, work / "golden"), *arguments.sets]
        serving = default_encoder(ENCODERS) or base
        encoders = dict.fromkeys((base, serving, work / "tuned"))  # the one that serves is mostly the base
        results = {e: promotion.evaluations(e, sets, VAR / "index") for e in encoders}
        learned = results.pop(work / "tuned")
        won = promotion.wins(learned, results.values(), lambda line: print(f"encoder: {line}", flush=True))
        if won:
            shutil.rmtree(tuned, ignore_errors=True)
            (work / "tuned").rename(tuned)
    outcome = PROMOTED if won else NOT_PROMOTED
    stamp.write_text(f"{wanted} {outcome}")
    write_report(documents, arguments.sets, learned if won else results[serving])
    return outcome


def encoder_fingerprint(base: Path, sayings: list[list[str]], sets: Sequence[Path]) -> str:
    """What is learned, from which weights, how, and what it is judged by."""
    told = json.dumps([sayings, (base / "encoder.json").read_text("utf-8")], ensure_ascii=False)
    recipe = (Path(training.__file__), training.SETTINGS, *judged_by(sets))
    return hashlib.sha256(told.encode() + b"".join(path.read_bytes() for path in recipe)).hexdigest()


def judged_by(sets: Sequence[Path]) -> list[Path]:
    return [GOLDEN, *(folder / name for folder in sets for name in promotion.SET_FILES)]


def _tune(base: Path, sayings: list[list[str]], work: Path) -> None:
    """Leaves the tuned encoder, with its 8-bit form for queries, in `work`/tuned."""
    try:
        import torch  # here to say clearly what is missing; index.training uses it
    except ImportError:
        raise Failed("torch is not here: `make train` makes .venv-train and runs this in it") from None
    torch.set_num_threads(1)
    training.torch_folder(base, work / "base")
    training.tune(work / "base", sayings, work / "torch")
    training.export(work / "torch", base, work / "tuned", "tuned")
    if not quantise(work / "tuned"):
        raise Failed("the tuned encoder has no 8-bit form like itself (index/quantise.py): it is not used")


def golden_set(documents: list[Document], folder: Path) -> Path:
    """The golden questions as a judged set over the city's own records."""
    cases = yaml.safe_load(GOLDEN.read_text("utf-8"))["queries"]
    return training.judged_folder(documents, [(case["q"], case["ids"]) for case in cases if case.get("ids")], folder)


# --- index and report


def build_index(arguments: argparse.Namespace) -> str:
    command = [sys.executable, "-m", "index", "build"]
    done = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise Failed("python -m index build failed: see above")
    return done.stdout.strip()


def report(arguments: argparse.Namespace) -> str:
    """What the encoder that serves reaches on each set; the stage before has told it where it tuned one."""
    serving = default_encoder(ENCODERS)
    documents = list(documents_of(read_city()))
    wanted = report_fingerprint(documents, arguments.sets)
    if not arguments.force and REPORT.exists() and REPORT.read_text("utf-8").startswith(wanted):
        return f"{UNCHANGED}; {REPORT.relative_to(ROOT)} has the report"
    with tempfile.TemporaryDirectory(dir=VAR) as aside:
        folders = [golden_set(documents, Path(aside) / "golden"), *arguments.sets]
        write_report(documents, arguments.sets, promotion.evaluations(serving, folders, VAR / "index"))
    return f"written to {REPORT.relative_to(ROOT)}"


def write_report(documents: list[Document], sets: Sequence[Path], results: Sequence[promotion.Result]) -> None:
    """Of the encoder that serves now."""
    tables = [table(result) for result in results]
    print("\n".join(tables), flush=True)
    REPORT.write_text("\n".join([report_fingerprint(documents, sets), *tables, ""]), "utf-8")


def report_fingerprint(documents: list[Document], sets: Sequence[Path]) -> str:
    serving = default_encoder(ENCODERS)
    digest = hashlib.sha256((serving / "encoder.json").read_bytes() if serving else b"")
    digest.update("".join(d.digest() for d in documents).encode())
    program = Path(training.__file__).parent
    for path in [*sorted(program.rglob("*.py")), *sorted(program.glob("*.yaml")), *judged_by(sets)]:
        digest.update(path.read_bytes())
    return digest.hexdigest()


if __name__ == "__main__":
    main()
