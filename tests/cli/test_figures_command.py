"""``figures``: the figures wanted and no others, as the kinds of files wanted, with a style file; CSV of both forms."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from model.cli import figures, main
from model.cli.csv_file import write_csv
from model.cli.figures import needed
from model.excel.other_programs.text_table import read_text_table


def test_only_the_figures_wanted_are_written_in_every_kind(
    example_a: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "f"
    assert (
        main(["figures", str(example_a), "02_survival_horizon.png", "tornado", "--format", "pdf,svg", "--out", str(out)]) == 0
    )
    assert {p.name for p in out.iterdir()} == {
        f"{s}.{k}" for s in ("02_survival_horizon", "16_tornado") for k in ("pdf", "svg")
    }
    assert (out / "16_tornado.pdf").read_bytes().startswith(b"%PDF-")
    assert len(capsys.readouterr().out.split()) == 4


def test_a_style_file_changes_the_look_and_the_next_figure_has_the_house_style_again(example_a: Path, tmp_path: Path) -> None:
    style = tmp_path / "journal.mplstyle"
    style.write_text("font.size: 23\naxes.labelsize: 23\n")
    texts = []
    for name, more in (("house", []), ("own", ["--style", str(style)]), ("again", [])):
        call = ["figures", str(example_a), "survival_horizon", "--format", "svg", "--out", str(tmp_path / name), *more]
        assert main(call) == 0
        texts.append((tmp_path / name / "02_survival_horizon.svg").read_text())
    assert texts[0] == texts[2] != texts[1]
    assert "23px" in texts[1] and "23px" not in texts[0]


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (["tornadoo"], "there is no figure 'tornadoo'; did you mean 'tornado'?"),
        (["tornado", "--style", "{bad}"], "font.sise"),
        (["tornado", "--style", "nowhere.mplstyle"], "'nowhere.mplstyle' cannot be used as a style file"),
    ],
)
def test_what_cannot_be_used_is_refused_and_nothing_written(
    example_a: Path, tmp_path: Path, call: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bad = tmp_path / "bad.mplstyle"
    bad.write_text("font.sise: 9\n")
    out = tmp_path / "none"
    assert main(["figures", str(example_a), *(w.format(bad=bad) for w in call), "--out", str(out)]) == 2
    assert words in capsys.readouterr().err and not out.exists()


def test_a_figure_that_the_model_cannot_fill_is_told(
    example_a: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["figures", str(example_a), "budget_impact", "--quiet", "--out", str(tmp_path / "b")]) == 1
    assert "has no figure budget_impact" in capsys.readouterr().err


def test_a_style_in_which_nothing_can_be_drawn_is_told_by_its_file(
    example_a: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    style = tmp_path / "without_dots.mplstyle"
    style.write_text("figure.dpi: 0\n")
    assert main(["figures", str(example_a), "tornado", "--style", str(style), "--out", str(tmp_path / "d")]) == 2
    assert f"'{style}' cannot be used as a style file: dpi must be positive" in capsys.readouterr().err


def test_a_fault_of_an_analysis_is_not_laid_at_the_door_of_the_style(
    example_a: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise ValueError("a fault of its own")

    monkeypatch.setattr(figures, "analyse", fail)
    style = tmp_path / "large.mplstyle"
    style.write_text("font.size: 23\n")
    with pytest.raises(ValueError, match="a fault of its own"):
        main(["figures", str(example_a), "tornado", "--style", str(style), "--out", str(tmp_path / "e")])


def test_a_figure_runs_what_it_rests_on() -> None:
    assert needed(["survival_horizon"]) == ("base",)
    assert needed(["tornado", "plane"]) == ("base", "one_way", "psa")


def test_without_a_name_the_figures_are_listed(example_a: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["figures", str(example_a)]) == 0
    listed = capsys.readouterr().out
    assert "tornado " in listed and "plane " in listed


def test_a_table_with_decimal_commas_is_read_as_the_same_numbers(tmp_path: Path) -> None:
    """By pandas, and by the reader of our own that takes tables of other programs."""
    table = pd.DataFrame({"naïve; name": ["a;b", "c,d"], "value": [1.5, -2.25e-7], "n": [3, 4]})
    for form in ("comma", "semicolon"):
        write_csv(table, tmp_path / f"{form}.csv", form)
    assert (tmp_path / "semicolon.csv").read_bytes() == '\ufeff"naïve; name";value;n\n"a;b";1,5;3\nc,d;-2,25e-07;4\n'.encode()
    back = pd.read_csv(tmp_path / "semicolon.csv", sep=";", decimal=",", encoding="utf-8-sig")
    pd.testing.assert_frame_equal(back, pd.read_csv(tmp_path / "comma.csv"))
    ours = [
        read_text_table(tmp_path / f"{form}.csv", lambda header: header != "naïve; name") for form in ("comma", "semicolon")
    ]
    for read in ours:
        assert read.headers == tuple(table.columns)
        assert [(name, float(value), int(n)) for name, value, n in read.rows] == list(
            table.itertuples(index=False, name=None)
        )
