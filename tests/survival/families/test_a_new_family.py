"""A new distribution is one file and its line in the registry, and then is fitted, calibrated, drawn and audited.

The model is copied, Burr XII is added to the copy as a user would add it, and a_new_family/facts.py is run there. The copy
is needed because drop-downs, limits and colours derive from the registry when the model is imported.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from model.survival.families.standard import StandardDistribution
from tests.helpers.shipped import ROOT

HERE = "tests/survival/families/a_new_family"
COPIED = ("model", "tests/helpers", "tests/reference", "inputs", HERE)


def house_with_burr(folder: Path) -> Path:
    """A copy of the model with one file more, and its import and entry in the registry."""
    for part in COPIED:
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("*.pyc.*"))  # half written
    shutil.copy(folder / HERE / "burr.py", folder / "model/survival/families/burr.py")
    registry = folder / "model/survival/distributions.py"
    text = registry.read_text(encoding="utf-8")
    first = "from model.survival.families.exponential import"
    assert text.count(first) == 1 and text.count("    GeneralisedGamma,\n") == 1
    text = text.replace(first, f"from model.survival.families.burr import BurrXII\n{first}")
    registry.write_text(text.replace("    GeneralisedGamma,\n", "    GeneralisedGamma,\n    BurrXII,\n"), encoding="utf-8")
    return folder


def test_a_distribution_is_added_by_one_file_and_its_line_in_the_registry(tmp_path: Path) -> None:
    house = house_with_burr(tmp_path / "house")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-W", "error::RuntimeWarning", f"{HERE}/facts.py"],
        cwd=house,
        env={**os.environ, "PYTHONPATH": str(house), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


def test_a_distribution_that_leaves_out_what_others_ask_of_it_is_refused_when_it_is_written() -> None:
    with pytest.raises(TypeError, match=r"does not say its label, parameters, estimation_scale, time_role, proportional_haz"):

        class Nameless(StandardDistribution):
            name = "nameless"


def test_a_distribution_without_a_worksheet_formula_cannot_be_made() -> None:
    class Unwritten(StandardDistribution):
        name, label, parameters = "unwritten", "Unwritten", ("rate",)
        estimation_scale, time_role, proportional_hazards = ("log",), ("rate",), True

    with pytest.raises(TypeError, match="worksheet_median"):
        Unwritten()  # type: ignore[abstract]
