"""Figures: every one is made and written for small models, the same way every time, whatever is missing."""

from __future__ import annotations

import dataclasses
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import matplotlib
import numpy as np
import pytest
from matplotlib.figure import Figure

from model.analysis import base_case, one_way, psa, scenarios
from model.definition import ModelDefinition
from model.figures import figures, write_figures
from model.figures.all_figures import same_clips
from model.figures.curves import reported, yearly_hazard
from model.figures.hazards import _ratios
from model.figures.results import breakdown
from model.figures.scales import number, sensible_digits
from model.figures.style import arm_styles
from tests.helpers.small_models import model, own_curve, published_example_a
from tests.helpers.three_arms import N_DRAWS, SEED, figures_of_three_arms, three_arms

ALWAYS = {
    "01_survival_follow_up",
    "02_survival_horizon",
    "03_survival_by_arm",
    "06_hazards",
    "07_implied_hazard_ratio",
    "08_state_occupancy",
    "10_cost_breakdown",
    "11_qaly_breakdown",
    "12_increments",
    "13_accrual",
}


def everything(definition: ModelDefinition) -> dict[str, Figure]:
    return figures(base_case(definition), one_way(definition), scenarios(definition), psa(definition, N_DRAWS, SEED))


@pytest.fixture(scope="module")
def three() -> dict[str, Figure]:
    return figures_of_three_arms()


OWN = {"font.size": 17.0, "axes.grid": False, "svg.fonttype": "path", "svg.hashsalt": "the caller's"}
"""Settings of a caller that are not ours."""


@pytest.fixture(scope="module")
def of_base_case() -> dict[str, Figure]:
    """Figures of the base case alone, made for such a caller."""
    with matplotlib.rc_context(OWN):
        before = dict(matplotlib.rcParams)
        made = figures(base_case(three_arms()))
        assert dict(matplotlib.rcParams) == before
    return made


def test_a_three_arm_model_fills_every_figure_but_the_price_and_the_outside_evidence(three: dict[str, Figure]) -> None:
    numbers = [int(stem[:2]) for stem in three]
    assert sorted(numbers) == [*(n for n in range(1, 24) if n not in (9, 15)), 36]


def test_every_axis_has_a_label_and_every_figure_a_title_and_the_name_of_its_model(three: dict[str, Figure]) -> None:
    for stem, figure in three.items():
        found = {text.get_gid(): text.get_text() for text in figure.texts}
        assert found["title"], stem
        assert "Test model" in found["subtitle"] and "version 1" in found["subtitle"], stem
        for which in ("get_xlabel", "get_ylabel"):
            assert any(getattr(axis, which)() for axis in figure.axes), (stem, which)
        for axis in figure.axes:
            own = axis.get_subplotspec()
            assert own is not None
            assert axis.get_xlabel() or not own.is_last_row(), stem
            assert axis.get_ylabel() or not own.is_first_col(), stem


def test_money_axes_carry_the_currency(three: dict[str, Figure]) -> None:
    for stem in ("10_cost_breakdown", "12_increments", "16_tornado", "18_plane", "19_acceptability", "22_convergence"):
        labels = " ".join(a.get_xlabel() + a.get_ylabel() for a in three[stem].axes)
        assert "EUR" in labels, stem


def pairs(first: dict[str, Figure], second: dict[str, Figure], folder: Path) -> Iterator[tuple[Path, Path]]:
    """The files of the same figures made twice."""
    files = write_figures(first, folder / "first"), write_figures(second, folder / "second")
    assert [p.name for p in files[0]] == [p.name for p in files[1]]
    assert sorted(p.name for p in (folder / "first").iterdir()) == sorted(p.name for p in files[0])
    return zip(*files, strict=True)


@pytest.mark.slow
def test_files_are_the_same_bytes_for_the_same_inputs(three: dict[str, Figure], tmp_path: Path) -> None:
    again = everything(three_arms())
    some = ("10_cost_breakdown", "19_acceptability")
    for one, two in pairs({n: three[n] for n in some}, {n: again[n] for n in some}, tmp_path):
        assert one.read_bytes() == two.read_bytes(), one.name


@pytest.mark.slow
def test_all_files_are_the_same_bytes_for_the_same_inputs(three: dict[str, Figure], tmp_path: Path) -> None:
    for one, two in pairs(three, everything(three_arms()), tmp_path):
        assert one.read_bytes() == two.read_bytes(), one.name


def test_writing_a_figure_twice_gives_the_same_bytes(three: dict[str, Figure], tmp_path: Path) -> None:
    one = {"18_plane": three["18_plane"]}
    first, second = write_figures(one, tmp_path / "a"), write_figures(one, tmp_path / "b")
    assert [p.read_bytes() for p in first] == [p.read_bytes() for p in second]


def test_files_hold_no_date_and_no_software(three: dict[str, Figure], tmp_path: Path) -> None:
    png, svg = write_figures({"06_hazards": three["06_hazards"]}, tmp_path)
    assert b"tEXt" not in png.read_bytes() and b"iTXt" not in png.read_bytes()
    text = svg.read_text(encoding="utf-8")
    assert "<dc:date>" not in text and "<dc:creator>" not in text
    assert "Hazard of progression or death" in text


def test_the_plane_in_the_svg_is_a_picture_of_points(three: dict[str, Figure], tmp_path: Path) -> None:
    (svg,) = write_figures({"18_plane": three["18_plane"]}, tmp_path, kinds=("svg",))
    assert "<image" in svg.read_text(encoding="utf-8")


def test_a_two_arm_model_without_evidence_drugs_or_scenarios_makes_its_figures(tmp_path: Path) -> None:
    made = everything(published_example_a())
    assert set(made) >= ALWAYS
    assert not set(made) & {"04_candidates_follow_up", "09_external_validation", "14_frontier", "15_price", "17_scenarios"}
    some = {stem: made[stem] for stem in ("12_increments", "16_tornado", "20_net_benefit")}
    assert all(path.stat().st_size > 1000 for path in write_figures(some, tmp_path, kinds=("svg",)))


def test_only_the_base_case_is_needed(of_base_case: dict[str, Figure]) -> None:
    assert set(of_base_case) >= ALWAYS
    assert not any(stem[:2] in {"16", "17", "18", "19", "20", "21", "22"} for stem in of_base_case)


def test_without_uncertain_inputs_the_tornado_is_left_out_and_nothing_fails(tmp_path: Path) -> None:
    certain = model(
        [
            own_curve("old", "pfs", "exponential", rate=0.05),
            own_curve("old", "os", "exponential", rate=0.02),
            own_curve("new", "pfs", "exponential", rate=0.04),
            own_curve("new", "os", "exponential", rate=0.02),
        ]
    )
    made = everything(certain)
    assert "16_tornado" not in made
    write_figures({stem: made[stem] for stem in ("18_plane", "19_acceptability")}, tmp_path, kinds=("svg",))


@pytest.mark.slow
def test_identical_arms_make_figures(tmp_path: Path) -> None:
    same = [own_curve(a, e, "exponential", rate=r) for a in ("old", "new") for e, r in (("pfs", 0.05), ("os", 0.02))]
    made = everything(model(same))
    write_figures(made, tmp_path, kinds=("svg",))
    assert {path.stem for path in tmp_path.glob("*.svg")} == set(made)


def test_figures_and_the_callers_settings_leave_each_other_as_they_are(
    three: dict[str, Figure], of_base_case: dict[str, Figure], tmp_path: Path
) -> None:
    plain = write_figures({"06_hazards": three["06_hazards"]}, tmp_path / "plain")
    with matplotlib.rc_context(OWN):
        before = dict(matplotlib.rcParams)
        strange = write_figures({"06_hazards": of_base_case["06_hazards"]}, tmp_path / "strange")
        assert dict(matplotlib.rcParams) == before
    assert [p.read_bytes() for p in plain] == [p.read_bytes() for p in strange]


@pytest.mark.slow
def test_pyplot_is_never_imported() -> None:
    code = "import sys, model.figures; print('matplotlib.pyplot' in sys.modules)"
    root = Path(__file__).resolve().parents[2]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=root)
    assert done.stdout.strip() == "False"


def test_arms_that_share_a_colour_are_told_apart() -> None:
    styles = list(arm_styles(three_arms()).values())
    assert len({s.colour for s in styles}) == len({s.line for s in styles}) == len({s.marker for s in styles}) == 3


def test_the_hazard_ratio_drawn_is_that_of_the_table() -> None:
    base = base_case(three_arms())
    table = base.implied_hazard_ratio()
    ends, yearly, cumulative = _ratios(base, "new", "old", "OS", 120.0)
    n = len(ends)
    assert n >= 5
    np.testing.assert_allclose(yearly, table["OS hazard ratio in the year"].to_numpy()[:n], rtol=1e-9)
    np.testing.assert_allclose(cumulative, table["OS cumulative hazard ratio"].to_numpy()[:n], rtol=1e-9)


def test_the_hazard_of_an_exponential_curve_is_its_rate() -> None:
    months = np.arange(0, 100.0)
    _, hazard = yearly_hazard(months, np.exp(-0.03 * months))
    np.testing.assert_allclose(hazard, 0.36, rtol=1e-12)


def test_parts_of_a_breakdown_add_up_to_the_total() -> None:
    outcomes = base_case(three_arms()).outcomes
    for account in (outcomes.costs, outcomes.qalys):
        np.testing.assert_allclose(breakdown(account).amounts.sum(axis=0), account.total()[0], rtol=1e-12)


def test_bars_of_a_landmark_follow_from_the_effective_number_at_risk() -> None:
    definition = three_arms()
    curves = tuple(
        dataclasses.replace(c, source="evidence") if (c.arm, c.endpoint) == ("old", "os") else c for c in definition.curves
    )
    median, landmark, other = reported(dataclasses.replace(definition, curves=curves), "old", "os")
    assert (median.lower, median.upper, median.along_time) == (25.0, 38.0, True)
    half = 1.959963984540054 * (0.2 * 0.8 / 50) ** 0.5
    assert landmark.lower == pytest.approx(0.2 - half) and landmark.upper == pytest.approx(0.2 + half)
    assert landmark.calibrated and not other.calibrated
    assert not any(p.calibrated for p in reported(definition, "old", "os"))  # its coefficients are typed


def test_numbers_are_written_as_a_person_would() -> None:
    assert number(-1234.5, 0) in ("\N{MINUS SIGN}1,234", "\N{MINUS SIGN}1,235")
    assert number(-0.0001, 2) == "0.00" and number(2.50, 2, trim=True) == "2.5" and number(1000.0, 0, trim=True) == "1,000"
    assert [sensible_digits(x) for x in (0.0, 0.012, 0.4, 12.0, 1500.0)] == [0, 3, 2, 1, 0]


def test_clips_are_named_by_their_order_alone() -> None:
    one, other = (f'<g clip-path="url(#{name})"/><clipPath id="{name}"/>' for name in ("p685eb2b3bc", "p9d0cab3585"))
    assert same_clips(one) == same_clips(other) == '<g clip-path="url(#clip1)"/><clipPath id="clip1"/>'
