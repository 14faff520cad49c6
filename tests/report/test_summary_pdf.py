"""The first page as PDF: one A4 page whatever the inputs say, fonts inside, selectable text, the same bytes every time."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import pytest

from model.analysis import base_case, one_way, scenarios
from model.report import write_pdf_summary
from model.report.summary_pdf import text_width, wrapped
from tests.helpers.shipped import NAMES, shipped, shipped_base
from tests.helpers.small_models import published_example_a
from tests.helpers.three_arms import three_arms


def pages(data: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", data))


@pytest.mark.parametrize("name", NAMES)
def test_a_shipped_model_has_one_page_of_a4_that_can_be_searched(name: str, tmp_path: Path) -> None:
    path = tmp_path / "summary.pdf"
    write_pdf_summary(path, base=shipped_base(name), run={"run_id": "abc"}, one_way=one_way(shipped(name)))
    data = path.read_bytes()
    assert pages(data) == 1
    (box,) = re.findall(rb"/MediaBox \[ 0 0 ([\d.]+) ([\d.]+) \]", data)
    assert [float(x) for x in box] == pytest.approx([595.28, 841.89], abs=0.01)
    fonts = data.count(b"/Type /FontDescriptor")
    assert fonts > 0 and data.count(b"/FontFile2") == fonts and data.count(b"/ToUnicode") >= fonts
    assert b"/Subtype /Type3" not in data and b"CreationDate" not in data and b"/Producer" not in data


def test_the_same_results_give_the_same_bytes(tmp_path: Path) -> None:
    d = three_arms()
    for name in ("one.pdf", "two.pdf"):
        write_pdf_summary(tmp_path / name, base=base_case(d), one_way=one_way(d), scenarios=scenarios(d))
    assert (tmp_path / "one.pdf").read_bytes() == (tmp_path / "two.pdf").read_bytes()


def test_however_much_is_typed_it_stays_one_page(tmp_path: Path) -> None:
    d = published_example_a()
    long = " ".join(f"{k}. " + "A limitation of very many words. " * 60 for k in range(1, 6))
    about = dataclasses.replace(d.about, limitations=long, population="patients " * 300, title="Title " * 40)
    write_pdf_summary(tmp_path / "summary.pdf", base=base_case(dataclasses.replace(d, about=about)))
    assert pages((tmp_path / "summary.pdf").read_bytes()) == 1


def test_no_line_is_wider_than_asked_and_no_word_is_lost() -> None:
    text = "A sentence of several words, one of them unpronounceablylongandwithoutanyspaces, and more words after it."
    lines = wrapped(text, 120.0, 8.0)
    assert " ".join(lines) == text
    assert all(text_width(line, 8.0) <= 120.0 for line in lines if " " in line)
    assert text_width("aa", 10.0) == pytest.approx(2 * text_width("a", 10.0))
    assert text_width("a", 10.0, "bold") > text_width("a", 10.0)
