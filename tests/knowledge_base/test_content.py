"""The bundled content: as much as promised, without an error, every path walked."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge_base.__main__ import main
from knowledge_base.city import City
from knowledge_base.lint import lint_city, lint_folder
from knowledge_base.loader import load_city
from knowledge_base.navigation import Navigator
from knowledge_base.problems import Severity
from knowledge_base.proof import prove
from knowledge_base.schema import OutcomeKind

from .mutants.base import BY_PROXY, PROXY, item

# Issues 3 and 4 promise at least so many.
PROMISED = {
    "items": 40,
    "items_with_situations": 15,
    "bundles": 10,
    "faqs": 100,
    "policies": 50,
    "places": 12,
    "rehearsals": 20,
    "paths_proved": 100,
}
DIVISIONS = ("210802", "210803", "210804", "210811", "210881", "210882")
# The themes that the city's plan names for 一件事, by a word that stands in the bundle's name or aliases.
THEMES = ("出生", "入学", "就业登记", "失业登记", "退休", "收养", "身后", "公积金提取", "餐饮", "便利店")


def test_the_content_has_no_lint_error(city: City) -> None:
    errors = [str(p) for p in lint_city(city) if p.severity is Severity.ERROR]
    assert errors == []


def test_stats_counts_what_there_is(capsys: pytest.CaptureFixture[str], city: City) -> None:
    assert main(["stats", "--json"]) == 0
    counted = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {name: counted[name] for name in PROMISED if counted[name] < PROMISED[name]} == {}
    assert counted["lint_errors"] == 0
    assert counted["targets_unproved"] == 0
    assert counted["items"] == len(city.items)
    assert counted["faqs"] == len(city.faqs)
    assert counted["items_with_situations"] == sum(1 for i in city.items.values() if i.questions)


def test_every_theme_of_the_plan_is_a_bundle(city: City) -> None:
    words = [" ".join((b.name, *b.aliases)) for b in city.bundles.values()]
    assert [theme for theme in THEMES if not any(theme in w for w in words)] == []


def test_all_measures_of_the_plan_are_there(city: City) -> None:
    assert sorted(p.number for p in city.policies.values() if p.number) == list(range(1, 51))


def test_each_division_has_places(city: City) -> None:
    for region in DIVISIONS:
        kinds = {p.kind for p in city.places.values() if p.region == region}
        assert {"service-center", "police-station", "real-estate-office", "tax-hall"} <= kinds


def test_nothing_that_could_harm_is_said_without_a_source(city: City) -> None:
    for place in city.places.values():
        told = [place.address, place.hours, place.coordinates, [p for p in place.phones if p != "12345"]]
        assert place.basis or not any(told), place.id
    for entry in city.items.values():
        for details in (entry, *entry.handling_items):
            for limit in details.limits:
                assert limit.basis, entry.id
            if details.fee and details.fee.charged:
                assert details.fee.basis or all(line.basis for line in details.fee.lines), entry.id


def test_every_end_of_every_item_can_be_acted_on(navigator: Navigator, city: City) -> None:
    for key in city.items:
        outcome = navigator.overview(key)
        assert outcome.title
        assert outcome.department
        assert outcome.source
        assert outcome.consultation_phone
        if outcome.kind is OutcomeKind.HANDLE:
            assert outcome.steps, key
            assert outcome.fee.text
            assert outcome.visits.text


@pytest.mark.parametrize(
    ("broken", "problem"),
    [
        ("handling_items: [{id: zz-a, name: 点灯, when: {by_proxy: true}}]", "没有办理项可办"),
        ("outcomes: [{kind: not_needed, when: {by_proxy: [true, false]}, text: 不用办}]", "永远不会问到"),
        (
            "outcomes: [{kind: not_needed, when: {by_proxy: true}, text: 不用办}]\n"
            "materials: [{material: power-of-attorney, reason: 替人点灯, when: {by_proxy: true}}]",
            "材料 power-of-attorney 永远用不到",
        ),
    ],
)
def test_the_proof_finds_what_is_broken(broken: str, problem: str, content: Path) -> None:
    fields = {"questions": PROXY, "handling_items": "" if broken.startswith("handling") else BY_PROXY}
    (content / "items" / "zz.yaml").write_text(item(**fields) + broken + "\n", encoding="utf-8")
    proof = prove(Navigator(load_city(content)), "zz-mutant")
    assert any(problem in told for told in proof.problems), proof.problems


def test_linting_a_folder_that_cannot_be_read_still_tells_the_rest(few: Path) -> None:
    (few / "materials" / "zz.yaml").write_text("id: zz\n", encoding="utf-8")
    (few / "items" / "zz.yaml").write_text(item(legal_basis="{source: no-such-law}"), encoding="utf-8")
    city, problems = lint_folder(few)
    assert city is not None
    assert {("schema", "materials/zz.yaml"), ("unknown-source", "items/zz.yaml")} <= {
        (p.rule, p.file) for p in problems
    }


def test_the_commands_say_clearly_what_they_cannot_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["lint", "--city", str(tmp_path)]) == 2
    assert "没有找到城市内容" in capsys.readouterr().err


def test_lint_prints_groups_a_summary_and_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    code = main(["lint", "--json"])
    lines = capsys.readouterr().out.splitlines()
    told = json.loads(lines[-1])
    assert code == (1 if told["lint_errors"] else 0)
    assert "== 小结 ==" in lines
    assert sum(told["rules"].values()) == len(told["problems"])
    assert {"severity", "rule", "file", "line", "message"} == set(told["problems"][0])


def test_a_draft_that_stands_in_no_file_is_linted_too(city: City, tmp_path: Path) -> None:
    passport = city.items["passport"]
    draft = passport.model_copy(update={"id": "zz-draft", "department": "no-such-office"})
    told = lint_city(replace(city, root=tmp_path, items={**city.items, "zz-draft": draft}))
    assert ("unknown-department", "items/zz-draft", 0) in {(p.rule, p.file, p.line) for p in told}
    assert "item-clone" in {p.rule for p in told}
