"""What the stage of CI that opens the shipped workbooks in LibreOffice (.ci/office.py) goes through."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.shipped import NAMES, ROOT, shipped


@pytest.fixture(scope="module")
def stage() -> Any:
    spec = importlib.util.spec_from_file_location("office_stage", ROOT / ".ci" / "office.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # a NamedTuple looks for the module of its annotations
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", NAMES)
def test_each_book_sees_three_locales_and_its_scenarios_with_point_and_with_comma(stage: Any, name: str) -> None:
    own = [job for job in stage.jobs([Path(f"{n}.xlsx") for n in NAMES]) if job.path.stem == name]
    assert sorted(job.locale for job in own) == ["de-DE", "en-US", "fr-FR"]
    as_shipped = [job for job in own if not job.coarse]
    assert [(job.locale, job.scenarios) for job in as_shipped] == [("en-US", True)]
    assert len([job for job in own if job.coarse and job.scenarios]) == 1
    assert len([job for job in own if job.inputs]) == 1


@pytest.mark.parametrize("name", NAMES)
def test_at_least_twenty_inputs_are_changed_in_each_book(stage: Any, name: str) -> None:
    changes = stage.input_changes(shipped(name))
    assert len(changes) >= 20
    assert len({address for change in changes for address in change}) >= 20
    assert {"settings.cycle_days": 28.0} in changes and {"population.start_age": 65.0} in changes
