"""The fit behind confidence: known weights are found again, both kinds of text count the same."""

from pathlib import Path

import numpy as np
import pytest

from index.calibrate import balanced, expected_calibration_error, fit, questions


def test_known_weights_are_found_again() -> None:
    dice = np.random.default_rng(1)
    x = dice.normal(size=(20_000, 2))
    p = 1 / (1 + np.exp(-(0.5 + 2 * x[:, 0] + x[:, 1])))
    y = (dice.random(len(x)) < p).astype(float)
    assert fit(x, y, np.ones(len(x))) == pytest.approx([0.5, 2, 1], abs=0.1)
    # a row that weighs nothing says nothing
    spoilt = np.where(x[:, 0] > 0, 1 - y, y)
    assert fit(x, spoilt, (x[:, 0] <= 0).astype(float)) == pytest.approx([0.5, 2, 1], abs=0.25)


def test_a_signal_never_speaks_against_a_hit() -> None:
    dice = np.random.default_rng(2)
    x = dice.normal(size=(20_000, 3))
    y = (dice.random(len(x)) < 1 / (1 + np.exp(-(0.5 + 2 * x[:, 0] - x[:, 2])))).astype(float)
    found = fit(x, y, np.ones(len(x)))
    assert found[3] == 0
    assert found[1] > 1
    assert fit(x[:, :2], y, np.ones(len(x))) == pytest.approx(found[:3], abs=0.02)


def test_answerable_and_other_texts_weigh_the_same() -> None:
    inside = np.array([True] * 3 + [False] * 30)
    weights = balanced(inside)
    assert weights[inside].tolist() == [1.0] * 3
    assert weights[~inside].sum() == pytest.approx(3)


def test_calibration_error() -> None:
    assert expected_calibration_error(np.array([0.9] * 10), [1.0] * 5 + [0.0] * 5) == pytest.approx(0.4)
    assert expected_calibration_error(np.array([0.75] * 4), [1, 1, 1, 0]) == pytest.approx(0.0)


def test_questions_of_a_file() -> None:
    asked = questions(Path("tests/golden/search.yaml"))
    assert {bool(question.right) for question in asked} == {True, False}
