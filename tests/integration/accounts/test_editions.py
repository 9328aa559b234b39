"""A newer edition of a network's standards, by command."""

from __future__ import annotations

import pytest

from csiapp.standards.queries import latest_master
from tests.factories.standards import CODE, at_work, install

pytestmark = pytest.mark.db


@pytest.fixture
def run(app, world):
    def command(*words: str, text: str = "") -> tuple[int, str]:
        with app.app_context():
            result = app.test_cli_runner().invoke(args=["standards", *words], input=text)
        assert isinstance(result.exception, SystemExit | None), result
        return result.exit_code, result.output

    with app.app_context():
        install(world)
    return command


@pytest.fixture
def exported(run) -> str:
    status, text = run("export-master", "--network", "near")
    assert status == 0
    return text


def _install(run, text: str) -> tuple[int, str]:
    return run("install-master", "-", "--network", "near", text=text)


def test_what_was_exported_is_there_already(run, exported):
    assert _install(run, exported) == (0, f"{CODE}: edition 1 is there already\n")


def test_a_changed_file_becomes_the_next_edition(app, world, run, exported):
    changed = exported.replace("within 3 rings", "within 2 rings")
    assert _install(run, changed) == (0, f"{CODE}: edition 2 installed\n")
    with app.app_context(), at_work(world.network()):
        assert latest_master(CODE).number == 2


def test_a_vague_standard_is_refused_by_name_and_word(run, exported):
    vague = exported.replace("The advisor smiles and says hello", "The advisor is friendly")
    status, said = _install(run, vague)
    assert status == 1
    assert "ST040301: vague_word friendly" in said


def test_faults_of_the_file_are_named_by_line(run, exported):
    status, said = _install(run, exported.replace("importance: 4", "importance: many", 1))
    assert status == 1
    assert "line " in said
    assert "importance" in said


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "a: &a 1\nb: *a\n"])
def test_what_is_no_such_file_is_refused(run, text):
    status, said = _install(run, text)
    assert status == 1
    assert said.startswith("Error: ")


def test_an_unknown_network_or_set_is_refused(run, exported):
    assert run("install-master", "-", "--network", "nowhere", text=exported)[0] == 1
    assert run("export-master", "--network", "near", "--code", "NOTHING")[0] == 1


def test_points_that_are_not_the_factors_are_refused(run, exported):
    status, said = _install(run, exported.replace("SI: 150", "SI: 151"))
    assert status == 1
    assert "factor SI: its standards have 150 points of 151" in said
