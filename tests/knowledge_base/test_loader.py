"""Whatever is wrong with a file is told with the file and the line; nothing broken is served."""

from pathlib import Path

import pytest

from knowledge_base.loader import load_city, read_city
from knowledge_base.problems import ContentError, Problem
from knowledge_base.yaml_reader import read_yaml

from .mutants.base import item


def problems_of(folder: Path) -> list[Problem]:
    with pytest.raises(ContentError) as raised:
        load_city(folder)
    return raised.value.problems


def one_problem(folder: Path) -> Problem:
    (problem,) = problems_of(folder)
    return problem


def test_the_bundled_city_loads_and_knows_where_each_record_came_from(content: Path) -> None:
    city = load_city(content)
    for folder, table in (("items", city.items), ("materials", city.materials), ("faqs", city.faqs)):
        for key in table:
            assert (content / city.origins[folder, key].file).is_file()


def test_the_digest_follows_the_content(few: Path) -> None:
    before = load_city(few).digest
    assert load_city(few).digest == before
    file = few / "city.yaml"
    file.write_text(file.read_text(encoding="utf-8") + "# a comment\n", encoding="utf-8")
    assert load_city(few).digest != before


BROKEN = {
    "a missing field": ("id: zz\nkind: other\n", "schema", 1, "name：缺少必填字段"),
    "a misspelt field": ("id: zz\nname: 灯\nkind: other\nisuer: 我\n", "schema", 4, "isuer：没有这个字段"),
    "a wrong value": ("id: zz\nname: 灯\nkind: paper\n", "schema", 3, "可用的是：'certificate', 'form' 或 'other'"),
    "a number for text": ("id: zz\nname: 12345\nkind: other\n", "schema", 2, "name：应是文字"),
    "a yes for true": ("id: zz\nname: 灯\nkind: other\ne_licence: maybe\n", "schema", 4, "应是 true 或 false"),
    "an impossible id": ("id: 灯塔\nname: 灯\nkind: other\n", "schema", 1, "id：格式不对"),
    "a date that is none": ("id: zz\nname: 灯\nkind: other\nvalidity:\n  expires: 明天\n", "schema", 5, "应是日期"),
    "an empty name": ("id: zz\nname: ''\nkind: other\n", "schema", 2, "name：不能为空"),
    "a second record of a list": (
        "- {id: zz, name: 灯, kind: other}\n- {id: zy, name: 塔}\n",
        "schema",
        2,
        "kind：缺少",
    ),
    "text where a record should be": ("灯塔\n", "schema", 1, "应是「字段: 值」"),
    "a key written twice": ("id: zz\nname: 灯\nkind: other\nname: 塔\n", "yaml", 4, "字段「name」写了两遍"),
    "an open bracket": ("id: zz\nname: [灯\n", "yaml", 3, "不是合法的 YAML"),
    "a tab": ("id: zz\nvalidity:\n\texpires: 2024-01-01\n", "yaml", 3, "不是合法的 YAML"),
    "a dangerous tag": ("id: !!python/object/apply:os.getcwd []\n", "yaml", 1, "不是合法的 YAML"),
}


@pytest.mark.parametrize("case", BROKEN, ids=str)
def test_a_broken_record_is_told_with_file_and_line(case: str, few: Path) -> None:
    text, rule, line, message = BROKEN[case]
    (few / "materials" / "zz.yaml").write_text(text, encoding="utf-8")
    problem = one_problem(few)
    assert (problem.rule, problem.file, problem.line) == (rule, "materials/zz.yaml", line)
    assert message in problem.message


def test_a_field_deep_inside_is_told_on_its_own_line(few: Path) -> None:
    text = item(materials="\n  - material: resident-id-card-paper\n    reason: 看是谁\n    originals: 99")
    (few / "items" / "zz.yaml").write_text(text, encoding="utf-8")
    problem = one_problem(few)
    assert text.splitlines()[problem.line - 1].strip() == "originals: 99"
    assert problem.message == "materials.0.originals：不能大于 20"


def test_a_single_entry_without_its_list_keeps_its_line(few: Path) -> None:
    text = item(legal_basis="\n  source: resident-id-card-law\n  artikel: 第一条")
    (few / "items" / "zz.yaml").write_text(text, encoding="utf-8")
    problem = one_problem(few)
    assert text.splitlines()[problem.line - 1].strip() == "artikel: 第一条"


def test_every_broken_record_is_told_at_once_and_the_rest_can_still_be_read(few: Path) -> None:
    for n in range(3):
        (few / "materials" / f"zz-{n}.yaml").write_text(f"id: zz-{n}\nname: 灯\n", encoding="utf-8")
    city, problems = read_city(few)
    assert [p.file for p in problems] == [f"materials/zz-{n}.yaml" for n in range(3)]
    assert city is not None
    assert "resident-id-card" in city.items
    assert "zz-0" not in city.materials


@pytest.mark.parametrize(
    ("encoding", "loads"), [("utf-8", True), ("utf-8-sig", True), ("gbk", False), ("utf-16", True)]
)
def test_encodings(encoding: str, loads: bool, few: Path) -> None:
    text = item()
    (few / "items" / "zz.yaml").write_bytes(text.encode(encoding))
    if loads:
        assert load_city(few).items["zz-mutant"].name == "海上灯塔夜航登记"
    else:
        problem = one_problem(few)
        assert (problem.rule, problem.file) == ("yaml", "items/zz.yaml")


def test_ids_are_unique_across_kinds(few: Path) -> None:
    (few / "materials" / "zz.yaml").write_text("name: 灯\nid: passport\nkind: other\n", encoding="utf-8")
    assert "passport" in load_city_ids(few)
    problem = one_problem(few)
    assert (problem.rule, problem.line) in {("duplicate-id", 2), ("duplicate-id", 1)}
    assert "passport" in problem.message


def load_city_ids(few: Path) -> set[str]:
    city, _ = read_city(few)
    assert city is not None
    return {*city.items, *city.materials}


def test_the_same_id_twice_in_a_kind_names_the_first_file(few: Path) -> None:
    (few / "materials" / "zz.yaml").write_text("id: power-of-attorney\nname: 灯\nkind: other\n", encoding="utf-8")
    problem = one_problem(few)
    assert (problem.rule, problem.file, problem.line) == ("duplicate-id", "materials/zz.yaml", 1)
    assert "materials/common.yaml" in problem.message


def test_a_folder_without_a_city_is_refused_clearly(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="没有找到城市内容"):
        load_city(tmp_path)


def test_a_broken_city_file_gives_no_city(few: Path) -> None:
    (few / "city.yaml").write_text("id: yingkou\n", encoding="utf-8")
    city, problems = read_city(few)
    assert city is None
    assert {p.file for p in problems} == {"city.yaml"}


def test_an_empty_file_is_no_record(few: Path) -> None:
    (few / "materials" / "zz.yaml").write_text("# nothing yet\n", encoding="utf-8")
    assert load_city(few).materials


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("false", False),
        ("True", "True"),
        ("8:30", "8:30"),
        ("010", "010"),
        ("1e3", "1e3"),
        ("0x1F", "0x1F"),
        ("1_000", "1_000"),
        ("12", 12),
        ("-3", -3),
        ("1.5", 1.5),
        ("null", None),
        ("是", "是"),
    ],
)
def test_scalars_are_what_an_editor_means(text: str, value: object) -> None:
    read = read_yaml(f"a: {text}")["a"]
    assert read == value
    assert type(read) is type(value)
