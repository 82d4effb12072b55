"""Set-up steps: done once, again when what they read changes, and never left half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from scripts.processes import ROOT, Failed
from scripts.steps import Step, perform
from tests.ops.test_supervisor import alive, eventually

COPY = "import os, shutil; os.makedirs('out', exist_ok=True); shutil.copy('in/a', 'out/copy')"


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a").write_text("first")
    return tmp_path


def step(
    code: str = COPY, *, needs: str = "", environment: tuple[str, ...] = (), generated: tuple[str, ...] = ()
) -> Step:
    return Step(
        name="ops-test",
        title="copy",
        commands=[[sys.executable, "-c", code]],
        inputs=["in/**/*"],
        outputs=["out/copy"],
        timeout=20,
        environment=environment,
        generated=generated,
        needs=lambda: needs,
    )


def done(tree: Path, a_step: Step) -> bool:
    return perform(a_step, root=tree, stamps=tree / "stamps")


def test_a_second_run_does_nothing_and_a_changed_input_does_it_again(tree: Path) -> None:
    assert done(tree, step())
    assert not done(tree, step())
    (tree / "in" / "a").write_text("second")
    assert done(tree, step())
    assert (tree / "out" / "copy").read_text() == "second"
    (tree / "in" / "b").write_text("a new file counts too")
    assert done(tree, step())


def test_a_removed_output_is_made_again(tree: Path) -> None:
    done(tree, step())
    (tree / "out" / "copy").unlink()
    assert done(tree, step())


def test_another_command_or_environment_does_it_again(tree: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    done(tree, step(environment=("OPS_TEST",)))
    assert not done(tree, step(environment=("OPS_TEST",)))
    monkeypatch.setitem(os.environ, "OPS_TEST", "other")
    assert done(tree, step(environment=("OPS_TEST",)))
    assert done(tree, step(COPY + "; print()", environment=("OPS_TEST",)))


def test_what_the_commands_write_among_the_inputs_does_not_count(tree: Path) -> None:
    writes = COPY + "; open('in/made', 'a').write('more')"
    assert done(tree, step(writes, generated=("in/made",)))
    assert not done(tree, step(writes, generated=("in/made",)))


def test_a_failed_step_says_why_and_is_done_again(tree: Path) -> None:
    done(tree, step())
    with pytest.raises(Failed, match="the disk is full"):
        done(tree, step("raise SystemExit('the disk is full')"))
    assert done(tree, step()), "the earlier stamp must not vouch for what the failed run may have left"


def test_an_output_that_was_not_made_fails(tree: Path) -> None:
    with pytest.raises(Failed, match="out/copy was not made"):
        done(tree, step("pass"))


def test_what_the_machine_lacks_is_said_before_anything_runs(tree: Path) -> None:
    with pytest.raises(Failed, match="no node here"):
        done(tree, step(needs="no node here"))
    assert not (tree / "out").exists()


def test_a_pattern_that_names_nothing_fails(tree: Path) -> None:
    (tree / "in" / "a").unlink()
    with pytest.raises(Failed, match="no file matches"):
        done(tree, step())


INTERRUPTED = """
import sys
from pathlib import Path
from scripts.processes import end_on_sigterm, run_logged

end_on_sigterm()
run_logged(["bash", "-c", "sleep 600 & echo $! > pid; wait"], Path("log"), timeout=60, cwd=Path.cwd())
"""


def test_ended_in_the_middle_it_ends_what_its_command_started(tmp_path: Path) -> None:
    env = {**os.environ, "PYTHONPATH": str(ROOT)}
    running = subprocess.Popen([sys.executable, "-c", INTERRUPTED], cwd=tmp_path, env=env)
    assert eventually(lambda: (tmp_path / "pid").exists() and (tmp_path / "pid").read_text().strip() != "")
    grandchild = int((tmp_path / "pid").read_text())
    assert alive(grandchild)
    running.terminate()
    assert running.wait(20) == 128 + signal.SIGTERM
    assert not alive(grandchild)
