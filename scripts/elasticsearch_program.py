"""The Elasticsearch program for tests, drills and try-outs: the artifact that Elastic publishes on the Maven registry.

It lacks the module analysis-common, which is not published; without three parts of it the server cannot make its own index of
API keys. EmailAnalysis.java gives it these, compiled here against the server's own libraries.
"""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path

from scripts.processes import ROOT, VAR, Failed

VERSION = "8.19.21"
ARTIFACT = f"org.elasticsearch.distribution.integ-test-zip:elasticsearch:{VERSION}:zip"
UNPACK = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:unpack"
CACHE = VAR / "elasticsearch"
DOWNLOAD_SECONDS = 900
COMPILE_SECONDS = 120
SOURCE = ROOT / "scripts" / "EmailAnalysis.java"
MODULE = "analysis-common"  # the name by which the server's own index asks for it
JAVA = 17


def fetched() -> Path:
    """The unpacked server in our cache; needs the network the first time."""
    cached = CACHE.resolve() / f"elasticsearch-{VERSION}"
    if not cached.exists():
        _download(cached)
    if not (cached / "modules" / MODULE).exists():
        _add_analysis(cached)
    return cached


def program(home: Path) -> Path:
    """The unpacked server; copied beside the node's data where another user could not read the cache."""
    cached = fetched()
    if all(folder.stat().st_mode & 0o005 == 0o005 for folder in (cached, *cached.parents)):
        return cached
    copied = home / cached.name
    if not copied.exists():
        shutil.copytree(cached, copied, symlinks=True)
    return copied


def _download(target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent) as aside:
        command = ["mvn", "-q", "-B", UNPACK, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={aside}"]
        # Without a project the plug-in writes its markers into the working folder.
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=aside, timeout=DOWNLOAD_SECONDS)
        subprocess.run(["chmod", "-R", "a+rX", aside], check=True)
        (Path(aside) / target.name).rename(target)


def _add_analysis(server: Path) -> None:
    """Raises Failed where there is no Java compiler, with the package that brings it."""
    if not shutil.which("javac"):
        raise Failed("a local Elasticsearch needs javac: apt-get install openjdk-17-jdk-headless")
    described = {
        "description": "what the index of API keys needs",
        "version": VERSION,
        "name": MODULE,
        "classname": SOURCE.stem,
        "java.version": JAVA,
        "elasticsearch.version": VERSION,
    }
    with tempfile.TemporaryDirectory(dir=server.parent) as aside:
        classes, made = Path(aside) / "classes", Path(aside) / MODULE
        made.mkdir()
        compile_ = ["javac", "--release", str(JAVA), "-proc:none", "-cp", str(server / "lib" / "*"), "-d", str(classes)]
        subprocess.run([*compile_, str(SOURCE)], check=True, stdout=subprocess.DEVNULL, timeout=COMPILE_SECONDS)
        with zipfile.ZipFile(made / f"{MODULE}.jar", "w") as jar:
            for path in sorted(classes.rglob("*.class")):
                jar.write(path, path.relative_to(classes))
        lines = "".join(f"{key}={value}\n" for key, value in described.items())
        (made / "plugin-descriptor.properties").write_text(lines, "utf-8")
        subprocess.run(["chmod", "-R", "a+rX", aside], check=True)
        made.rename(server / "modules" / MODULE)
