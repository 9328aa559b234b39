"""The reference data as text: parseable, bilingual, sourced, neutrally named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from csiapp.reference import loader

pytestmark = pytest.mark.unit

FILES = sorted((Path(loader.__file__).parent / "data").glob("*.yaml"))
DOCUMENTS = {file.stem: loader.read_yaml(file) for file in FILES}
CHINESE = re.compile(r"[\u4e00-\u9fff]")
OTHERS = re.compile(r"J\.?\s?D\.?\s?Power|JDP|BYD|比亚迪|Lexus|雷克萨斯|Honda|本田", re.IGNORECASE)
SHOWN = {"name", "title", "text", "statement", "prompt", "customer_demand", "topics", "purpose"}


def nodes(node: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    if isinstance(node, dict):
        yield path, node
        for name, item in node.items():
            yield from nodes(item, f"{path}.{name}")
    elif isinstance(node, list):
        for place, item in enumerate(node):
            yield from nodes(item, f"{path}[{place}]")


def all_nodes() -> Iterator[tuple[str, dict[str, Any]]]:
    for stem, document in DOCUMENTS.items():
        yield from nodes(document, stem)


def cited(node: dict[str, Any]) -> list[str]:
    given = [node[name] for name in ("source", "sources") if name in node]
    flat = [item for value in given for item in (value if isinstance(value, list) else [value])]
    return [item for item in flat if isinstance(item, str)]


def test_every_text_is_there_in_chinese_and_in_english() -> None:
    texts = 0
    for path, node in all_nodes():
        # the fifteenth C is lost, and its gap is kept
        if not {"zh", "en"} & node.keys() or node.get("missing") or "fifteen_c.items[14]" in path:
            continue
        texts += 1
        assert CHINESE.search(node["zh"]), path
        assert node["en"].strip(), path
        assert not CHINESE.search(node["en"]), path
    assert texts > 1000


@pytest.mark.parametrize("stem", DOCUMENTS)
def test_every_file_says_where_it_comes_from_and_how_sure_it_is(stem: str) -> None:
    assert cited(DOCUMENTS[stem])
    assert DOCUMENTS[stem]["confidence"]


def test_sources_are_known_and_all_are_used() -> None:
    known = loader.sources()
    assert len(known) == len(DOCUMENTS["sources"]["sources"])
    used = {source for _, node in all_nodes() for source in cited(node)}
    assert used == known.keys()


def test_what_a_person_is_shown_names_no_other_company() -> None:
    for path, node in all_nodes():
        if path.startswith("sources"):
            continue
        for name in SHOWN & node.keys():
            assert not OTHERS.search(str(node[name])), f"{path}.{name}"
        if "code" in node:
            assert not OTHERS.search(str(node["code"])), path


def test_the_models_and_the_survey_credit_their_source() -> None:
    credited = [*loader.factor_models().values(), loader.service_survey()]
    assert all(OTHERS.search(item["credit"]["en"]) for item in credited)


def test_a_copy_can_be_changed_without_changing_the_next() -> None:
    first = loader.standards_template()
    first["steps"].clear()
    assert loader.standards_template()["steps"]


def test_a_key_given_twice_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "twice.yaml"
    file.write_text("a: 1\na: 2\n", encoding="utf-8")
    with pytest.raises(yaml.YAMLError, match="'a' stands twice"):
        loader.read_yaml(file)


def test_every_file_has_a_reader() -> None:
    readers = (
        loader.factor_models, loader.standards_template, loader.service_process,
        loader.form_templates, loader.training_catalogue, loader.audit_lifecycle,
        loader.service_survey, loader.satisfaction_formula, loader.service_quality_dimensions,
        loader.customer_types, loader.complaint_facts, loader.survey_purposes,
        loader.scoring_examples, loader.sources, loader.vague_words,
    )  # fmt: skip
    assert all(read() for read in readers)
    assert len(readers) == len(FILES)
