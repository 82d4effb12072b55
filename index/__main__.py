"""python -m index fetch-encoder | build | migrate | search TEXT | calibrate FILE… | learn-questions FOLDER… | learn-corrector FOLDER…
| evaluate FOLDER.
With --json the last line is one JSON object."""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from . import build, open_index
from .encoders import DEFAULT, TUNED, default_encoder
from .errors import IndexError_
from .models import IndexSettings
from .opening import from_environment
from .question_weights import FILE

ENCODERS = Path("var/encoder")
INDEX = Path("var/index")


def main(arguments: Sequence[str] | None = None) -> int:
    options = _parser().parse_args(arguments)
    try:
        match options.command:
            case "fetch-encoder":
                result = _fetch(options)
            case "build":
                result = _build(options)
            case "migrate":
                result = _migrate(options)
            case "search":
                result = _search(options)
            case "calibrate":
                result = _calibrate(options)
            case "learn-questions":
                result = _learn_questions(options)
            case "learn-corrector":
                result = _learn_corrector(options)
            case _:
                result = _evaluate(options)
    except (IndexError_, OSError, ValueError) as error:
        print(f"失败：{error}", file=sys.stderr)
        return 1
    if options.json:
        print(json.dumps(result, ensure_ascii=False, default=str))
    return 0


def _fetch(options: argparse.Namespace) -> dict[str, Any]:
    from .fetch_encoder import fetch

    folder, said = fetch(options.to)
    print(said)
    return {"encoder": str(folder)}


def _build(options: argparse.Namespace) -> dict[str, Any]:
    from knowledge_base.loader import load_city

    from .from_knowledge import documents_of, region_names

    city = load_city(options.city)
    say = None if options.quiet else _say
    report = build(documents_of(city), _settings(options), say, region_names=region_names(city))
    print(
        f"新增 {report.created}，更新 {report.updated}，未变 {report.skipped}，删除 {report.deleted}；"
        f"{report.sections} 段，新编码 {report.encoded} 段，用时 {report.seconds} 秒"
    )
    return asdict(report)


def _migrate(options: argparse.Namespace) -> dict[str, Any]:
    from .migrate import migrate, told

    done = migrate(_settings(options), options.queries, options.at_least, _say_by_line)
    print(told(done.comparison))
    print(f"写入 {done.written}，之前已有 {done.found}，用时 {done.seconds} 秒；现在由 Elasticsearch 提供检索")
    return asdict(done)


def _search(options: argparse.Namespace) -> dict[str, Any]:
    with open_index(_settings(options)) as index:
        result = index.search(options.text, kinds=tuple(options.kind or ()), limit=options.limit)
    print(f"共 {result.total} 条，{result.took_ms} 毫秒，把握 {result.confidence:.2f}")
    for number, hit in enumerate(result.hits, 1):
        print(f"{number:3} {hit.score:8.2f} [{hit.kind}] {hit.title}\n             {hit.snippet}")
    return asdict(result)


def _evaluate(options: argparse.Namespace) -> dict[str, Any]:
    from . import opening
    from .evaluate import evaluate, table

    settings = _settings(options)
    if options.engine == "elasticsearch" and not settings.elasticsearch_url:
        raise ValueError("要用 Elasticsearch 请设置 ELASTICSEARCH_URL")
    if options.engine == "embedded":
        settings = IndexSettings(settings.path, None, settings.encoder_dir)
    result = evaluate(options.folder, settings, opening.ranking(), options.noise, options.run)
    print(table(result))
    return result


def _calibrate(options: argparse.Namespace) -> dict[str, Any]:
    from knowledge_base.loader import load_city

    from .calibrate import Asked, calibrate, examples, questions

    asked = questions(options.questions)
    asked += [Asked(text, frozenset()) for file in options.out_of_scope for text in examples(file)]
    result = calibrate(load_city(options.city), _settings(options), asked)
    outside = sum(not question.right for question in asked)
    print(f"{result.questions} 个问法（其中 {outside} 个不归我们管），首条命中 {result.right_first:.3f}")
    print(f"校准误差 {result.expected_calibration_error:.3f}；门槛 {result.threshold} 时答了 {result.answered:.3f}，")
    print(f"错答不归我们管的 {result.wrong_out_of_scope:.3f}")
    print("\n".join(["confidence:", *(f"  {name}: {value}" for name, value in result.weights.items())]))
    return asdict(result)


def _learn_questions(options: argparse.Namespace) -> dict[str, Any]:
    from knowledge_base.loader import load_city

    from .calibrate import examples
    from .encoder import Encoder
    from .from_knowledge import documents_of
    from .question_material import default_settings, gather
    from .question_training import learn, on_documents_left_out
    from .training import torch_folder

    settings, numbers = _settings(options), default_settings()
    folder = _published(settings)
    encoder = Encoder(folder)
    documents = list(documents_of(load_city(options.city)))
    outside = [text for file in options.out_of_scope for text in examples(file)]
    material = gather(options.folders, documents, outside, encoder, settings.path / "vectors.sqlite")
    with tempfile.TemporaryDirectory() as aside:
        torch_folder(folder, published := Path(aside) / "published")
        on_documents_left_out(published, material, numbers, options.left_out, encoder)
        learned = learn(published, material, numbers)
    learned.low_rank.write(options.to, (DEFAULT, TUNED))
    print(f"已写入 {options.to}；请重新运行 fetch-encoder 和 calibrate")
    return {"to": str(options.to)}


def _learn_corrector(options: argparse.Namespace) -> dict[str, Any]:
    from knowledge_base.loader import load_city

    from .corrector_material import default_settings, gather
    from .corrector_training import learn
    from .from_knowledge import documents_of
    from .training import torch_folder

    folder = _published(_settings(options))
    numbers = default_settings()
    numbers = numbers.model_copy(update={"steps": options.steps or numbers.steps})
    clauses = gather(options.folders, documents_of(load_city(options.city)), numbers)
    print("，".join(f"{name} {len(found)} 句" for name, found in clauses.items()), flush=True)
    with tempfile.TemporaryDirectory() as aside:
        torch_folder(folder, published := Path(aside) / "published")
        learn(published, clauses, numbers, options.anew)
    print("已写入；请重新运行 fetch-encoder 和 calibrate")
    return {name: len(found) for name, found in clauses.items()}


def _published(settings: IndexSettings) -> Path:
    """Folder of the encoder as published, the only one that is learned from."""
    from .encoder import EncoderCard

    if settings.encoder_dir is None or EncoderCard.read(settings.encoder_dir).name != DEFAULT:
        raise ValueError(f"只为 {DEFAULT} 学习")
    return settings.encoder_dir


def _settings(options: argparse.Namespace) -> IndexSettings:
    return from_environment(options.index, options.encoder or default_encoder(ENCODERS))


def _say(step: str, done: int, all_: int) -> None:
    names = {"encode": "编码", "index": "写入"}
    if done == all_ or sys.stderr.isatty():
        print(f"\r{names.get(step, step)} {done}/{all_}", end="\n" if done == all_ else "", file=sys.stderr, flush=True)


def _say_by_line(step: str, done: int, all_: int) -> None:
    """For what takes long and may run in a log."""
    if step == "index" or done == all_:
        print(f"{ {'index': '写入', 'compare': '比对'}[step] } {done}/{all_}", file=sys.stderr, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m index", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)

    common = argparse.ArgumentParser(add_help=False)
    common.add_argument("--json", action="store_true", help="最后一行输出 JSON")
    common.add_argument("--index", type=Path, default=INDEX, help="索引目录")
    common.add_argument("--encoder", type=Path, help="编码模型目录，不给则用默认的")

    fetch = commands.add_parser("fetch-encoder", parents=[common], help="取得默认编码模型")
    fetch.add_argument("--to", type=Path, default=ENCODERS)

    built = commands.add_parser("build", parents=[common], help="按知识库建立索引")
    built.add_argument("--city", type=Path, default=os.environ.get("CITY"), help="城市内容目录")
    built.add_argument("--quiet", action="store_true")

    moved = commands.add_parser(
        "migrate", parents=[common], help="把本机索引搬到 Elasticsearch，比对一致后才启用；可中断后再来"
    )
    moved.add_argument("--queries", type=int, default=200, help="比对多少个查询")
    moved.add_argument("--at-least", type=float, default=0.95, help="前十条重合至少多少")

    search = commands.add_parser("search", parents=[common], help="搜索")
    search.add_argument("text")
    search.add_argument("--kind", action="append")
    search.add_argument("--limit", type=int, default=10)

    fitted = commands.add_parser("calibrate", parents=[common], help="用知道答案的问法校准把握")
    fitted.add_argument("--city", type=Path, default=os.environ.get("CITY"), help="城市内容目录")
    fitted.add_argument(
        "--questions", type=Path, default=Path("tests/golden/search.yaml"), help="知道答案的问法，格式同默认的文件"
    )
    fitted.add_argument("out_of_scope", type=Path, nargs="+", help="不归我们管的话：nlu_data 里的文件")

    learned = commands.add_parser(
        "learn-questions", parents=[common], help="从有标注的数据学习怎样编码问句（要 .venv-train）"
    )
    learned.add_argument("folders", type=Path, nargs="+", help="格式同 evaluate")
    learned.add_argument("--city", type=Path, default=os.environ.get("CITY"), help="城市内容目录")
    learned.add_argument(
        "--out-of-scope", type=Path, nargs="+", required=True, help="不归我们管的话：nlu_data 里的文件"
    )
    learned.add_argument("--left-out", type=int, default=0, metavar="N", help="分成 N 份，每份轮流不学，量没学过的文档")
    learned.add_argument("--to", type=Path, default=FILE)

    taught = commands.add_parser(
        "learn-corrector", parents=[common], help="学习按上下文认出写错的同音字（要 .venv-train）"
    )
    taught.add_argument("folders", type=Path, nargs="+", help="格式同 evaluate")
    taught.add_argument("--city", type=Path, default=os.environ.get("CITY"), help="城市内容目录")
    taught.add_argument("--steps", type=int, help="学多少步，不给则按 corrector_training.yaml")
    taught.add_argument("--anew", action="store_true", help="从头学，而不是接着上次学到的学")

    judged = commands.add_parser("evaluate", parents=[common], help="在有标注的数据上测量检索质量")
    judged.add_argument("folder", type=Path)
    judged.add_argument("--engine", choices=("embedded", "elasticsearch"), default="embedded")
    judged.add_argument("--noise", choices=("homophone", "filler", "traditional", "typo"))
    judged.add_argument("--run", type=Path, help="把融合后的排名写到这个文件")
    return parser


if __name__ == "__main__":
    sys.exit(main())
