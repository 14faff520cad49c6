"""Files that come with the model: inside the package where it was installed, at the top of the source tree else.

``setup.py`` puts them into the package when it is built, so that they stand once in the source tree.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

_INSTALLED = Path(__file__).parent / "shipped_files"
PUBLISHED: Mapping[str, str] = {
    "heromod_simple_psm": "heRoMod's simple example, with one-way analysis and price",
    "darth_psm": "DARTH's report, without half-cycle correction",
    "heormodel_reference": "heormodel's reference model, integrals in continuous time",
    "hesim_psm": "hesim, generalised gamma and log-logistic curves with 50 joint draws",
    "heemod_end_of_cycle": "heemod's test, counted at the end of each cycle",
    "trastuzumab_workshop": "R for HTA workshop, trastuzumab in India, yearly cycles",
    "dynamicpv_oncology": "dynamicpv's vignette run in heemod, weekly cycles",
    "heromod_ta447": "heRoMod's NICE TA447, Kaplan-Meier curves, then tails whose clock restarts",
    "heromod_checkimab": "heRoMod's Checkimab, three arms, 40 years",
    "checkmate_067": "published shares cured with the general population's mortality, three arms",
    "cll11": "four states, curves through published medians",
}
"""Models that others have published, as workbooks; their digits: ``inputs/published/README.md``."""
EXAMPLES: Mapping[str, str] = {
    "patina_us": "palbociclib maintenance in HR+/HER2+ metastatic breast cancer (PATINA), US payer",
    "patina_england": "the same for the NHS in England",
    "example_four_arms": "four arms, subgroups, whole vials by body weight",
    "example_synthetic_trial": "curves fitted to patient records and to a digitised curve when the model is read",
    **PUBLISHED,
}
"""The shipped workbooks, each with what it shows."""


def source_tree() -> Path:
    """The folder of the project, where the package was not installed but is used as it stands there."""
    return Path(__file__).resolve().parents[1]


def installed() -> bool:
    """Was the package installed as a copy of its own (so that there is no source tree around it)?"""
    return _INSTALLED.is_dir()


def inputs_folder() -> Path:
    """The folder of the shipped workbooks and data."""
    return _INSTALLED if installed() else source_tree() / "inputs"


def outputs_folder() -> Path:
    """Where the folders of results are, unless one is named: beside the source tree's inputs, or where the user is."""
    return Path("outputs") if installed() else source_tree() / "outputs"


def citation_file() -> Path:
    """The file that says how to cite the model."""
    return (_INSTALLED if installed() else source_tree()) / "CITATION.cff"


def example_file(name: str) -> Path:
    """The workbook of an example, whose name is one of :data:`EXAMPLES`."""
    folder = inputs_folder() / "published" if name in PUBLISHED else inputs_folder()
    return folder / f"{name}.xlsx"


def example_files() -> list[Path]:
    """Every shipped workbook, and the data of fits, by their place in :func:`inputs_folder`."""
    folder = inputs_folder()
    found = (
        path.relative_to(folder) for path in folder.rglob("*") if path.suffix in (".xlsx", ".csv") and path.name[0] != "~"
    )
    return sorted(found)
