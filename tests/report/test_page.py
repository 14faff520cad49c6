"""The report of a run as one page: it parses, can be read by everybody, loads nothing, and says what the model says."""

from __future__ import annotations

import dataclasses
import json
import re
import tempfile
from functools import lru_cache
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote
from xml.etree import ElementTree

import pytest

from model.analysis import base_case, one_way, psa, scenarios
from model.choices import ANALYSES
from model.definition import ModelDefinition, edit
from model.figures import write_figures
from model.report import write_html_report
from model.report.page import TEMPLATES
from tests.helpers.pages import Page
from tests.helpers.shipped import NAMES, shipped, shipped_base
from tests.helpers.small_models import published_example_a
from tests.helpers.three_arms import N_DRAWS, SEED, figures_of_three_arms, results_of_three_arms, three_arms

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
RECORD = {"run_id": "abc123", "draws": N_DRAWS, "packages": {"numpy": "2"}}
RUN = {**RECORD, "settings": {"currency": "EUR"}, "seconds": {"psa": 1.5}}


@pytest.fixture(scope="module")
def svg(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Figures as the text of SVG files, by stem."""
    files = write_figures(figures_of_three_arms(), tmp_path_factory.mktemp("figures"), ["svg"])
    return {path.stem: path.read_text() for path in files}


def written(folder: Path, definition: ModelDefinition, svg: dict[str, str] | None = None, **further: object) -> str:
    path = folder / "report.html"
    write_html_report(path, base=base_case(definition), run=RUN, figures=svg, **further)
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def text(tmp_path_factory: pytest.TempPathFactory, svg: dict[str, str]) -> str:
    """Three arms with every fast analysis and every figure."""
    _, *further = results_of_three_arms()
    analyses = dict(zip(("one_way", "scenarios", "psa"), further, strict=True))
    return written(tmp_path_factory.mktemp("pages"), three_arms(), svg, **analyses)


@pytest.fixture(scope="module")
def page(text: str) -> Page:
    return Page(text)


@lru_cache
def shipped_page(name: str) -> Page:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "report.html"
        write_html_report(path, base=shipped_base(name))
        return Page(path.read_text(encoding="utf-8"))


def test_the_page_is_sound_html_in_english_with_one_title(page: Page) -> None:
    assert page.faults == []
    (html,) = page.of("html")
    assert html.attributes["lang"] == "en"
    assert [e.text for e in page.of("title")] == [three_arms().about.title]
    (viewport,) = (e for e in page.of("meta") if e.attributes.get("name") == "viewport")
    assert "width=device-width" in viewport.attributes["content"]


def test_no_id_stands_twice_and_every_link_inside_leads_somewhere(page: Page) -> None:
    ids = [e.attributes["id"] for e in page.elements if "id" in e.attributes]
    assert sorted(ids) == sorted(set(ids))
    inside = {e.attributes["href"][1:] for e in page.of("a") if e.attributes["href"].startswith("#")}
    named = {e.attributes[k] for e in page.elements for k in ("aria-labelledby",) if k in e.attributes}
    asked = {i for e in page.of("label", "output") for i in e.attributes["for"].split()}
    assert inside | named | asked <= set(ids)
    assert {e.attributes["id"] for e in page.of("section")} <= inside


def test_headings_begin_at_the_first_level_and_leave_none_out(page: Page) -> None:
    levels = [HEADINGS.index(e.name) for e in page.of(*HEADINGS)]
    assert levels[0] == 0 and levels.count(0) == 1
    assert all(after - before <= 1 for before, after in pairwise(levels))
    assert all(e.text.strip() for e in page.of(*HEADINGS))


def test_every_picture_is_inside_the_page_with_words_in_its_place(page: Page, svg: dict[str, str]) -> None:
    pictures = page.of("img")
    assert len(pictures) == len(svg)
    words = [e.attributes["alt"] for e in pictures]
    assert all(len(w) > 40 for w in words) and len(set(words)) == len(words)
    for e in pictures:
        assert e.attributes["src"].startswith("data:image/svg+xml,")
        assert int(e.attributes["width"]) > 100 and int(e.attributes["height"]) > 100


def test_a_picture_says_every_word_of_the_figure_it_was_made_from(page: Page, svg: dict[str, str]) -> None:
    def words(root: ElementTree.Element) -> list[str]:
        return [t.text or "" for t in root.iter("{http://www.w3.org/2000/svg}text")]

    shown = {tuple(words(ElementTree.fromstring(unquote(e.attributes["src"].partition(",")[2])))) for e in page.of("img")}
    assert shown == {tuple(words(ElementTree.fromstring(original))) for original in svg.values()}


def test_the_page_loads_nothing(page: Page, text: str) -> None:
    assert page.of("link", "iframe", "object", "embed", "video", "audio", "base") == []
    for e in page.elements:
        assert not any(k in e.attributes for k in ("srcset", "background", "poster", "action"))
        assert e.name == "img" or "src" not in e.attributes
    (style,) = page.of("style")
    assert "url(" not in style.text and "@import" not in style.text
    (policy,) = (e for e in page.of("meta") if e.attributes.get("http-equiv") == "Content-Security-Policy")
    assert policy.attributes["content"].startswith("default-src 'none'; img-src data:;")
    assert not re.search(r"fetch|XMLHttp|import\(", "".join(e.text for e in page.of("script")))


def test_every_table_has_a_caption_and_headers_that_say_what_they_are_of(page: Page) -> None:
    assert len(page.of("caption")) == len(page.of("table")) > 20
    assert {e.attributes["scope"] for e in page.of("th")} == {"col", "row"}
    assert all(e.text.strip() for e in page.of("th") if e.attributes["scope"] == "col")
    boxes = [e for e in page.of("div") if "scroll" in e.attributes.get("class", "")]
    assert all(e.attributes["tabindex"] == "0" and e.attributes["aria-label"] for e in boxes)


def test_words_of_the_user_are_words_and_nothing_else(tmp_path: Path) -> None:
    bad = "<script>alert(1)</script>"
    d = published_example_a()
    arms = tuple(
        dataclasses.replace(arm, label=f"{arm.label} {bad}", short_label=f"{k} {bad}") for k, arm in enumerate(d.arms)
    )
    about = dataclasses.replace(d.about, title=f"A & B {bad}", limitations=f'1. <i>One</i> "two". 2. Three {bad}')
    made = Page(written(tmp_path, dataclasses.replace(d, arms=arms, about=about)))
    assert made.faults == []
    assert made.of("i") == [] and len(made.of("script")) <= 1
    assert [e.text for e in made.of("title")] == [f"A & B {bad}"]


def test_the_name_of_a_drug_cannot_end_the_script(tmp_path: Path) -> None:
    d = shipped("patina_england")
    drugs = tuple(dataclasses.replace(drug, label="Pill </script><i>") for drug in d.drugs)
    made = Page(written(tmp_path, dataclasses.replace(d, drugs=drugs)))
    (script,) = made.of("script")
    assert made.faults == [] and made.of("i") == [] and script.text.strip().endswith(";")


def test_the_first_table_holds_the_figures_of_the_model(page: Page) -> None:
    base = base_case(three_arms())
    rows = {row[0]: row[1:] for row in page.table("key_figures")}
    assert rows["Cost, EUR"][:3] == [f"{x:,.0f}" for x in base.total_costs]
    assert rows["QALYs"][:3] == [f"{x:,.2f}" for x in base.total_qalys]
    assert rows["QALYs"][3] == f"{base.incremental_qalys:,.2f}"
    assert rows["ICER, EUR per QALY gained"][3] == f"{base.icer:,.0f}"
    shown = rows["Net benefit at 20,000 per QALY, EUR"][3].replace("\N{MINUS SIGN}", "-").replace(",", "")
    assert float(shown) == pytest.approx(base.inmb(20000.0), abs=0.5)


def test_each_input_stands_with_its_source_and_its_mark_and_its_label_before_its_id() -> None:
    for name in NAMES:
        definition = shipped(name)
        header, *rows = shipped_page(name).table("inputs")
        assert header[0] == "Input" and header[-1] == "Input id"
        by_id = {row[-1]: row for row in rows}
        assert list(by_id) == list(definition.parameters)
        for address, parameter in definition.parameters.items():
            row = by_id[address]
            assert row[0] and row[0] != address
            assert row[header.index("Mark")] == parameter.quality
            assert all(part.strip() in row[header.index("Source")] for part in (parameter.source or "").split(";"))


def test_limitations_assumptions_and_references_are_all_told() -> None:
    for name in NAMES:
        definition, found = shipped(name), shipped_page(name)
        words = " ".join(e.text for e in found.of("section") if e.attributes["id"] == "limitations")
        for line in definition.about.limitations.split("\n"):
            assert re.sub(r"^\d+\. ", "", line.strip()) in words
        assert [row[0] for row in found.table("assumptions")[1:]] == [a.text for a in definition.assumptions]
        assert [row[:2] for row in found.table("references")[1:]] == [[r.id, r.citation] for r in definition.references]


def test_no_id_of_an_input_stands_where_a_label_should() -> None:
    """Ids stand in columns of ids alone."""
    for name in NAMES:
        addresses = set(shipped(name).parameters)
        for e in shipped_page(name).of("td", "th", "h2", "h3", "figcaption"):
            if e.text.strip() in addresses:
                assert "id" in e.attributes.get("class", "").split(), e.text


def test_correlations_of_inputs_are_of_inputs_in_words(page: Page) -> None:
    definition = three_arms()
    pairs = [cell for row in page.table("psa_sampled_correlations")[1:] for cell in row[:2]]
    assert not any(cell.startswith(("curves.", "utilities.", "care.")) for cell in pairs)
    assert set(definition.parameters).isdisjoint(pairs)


def test_what_was_not_run_is_left_out(tmp_path: Path) -> None:
    made = Page(written(tmp_path, three_arms()))
    assert made.faults == []
    assert {e.attributes["id"] for e in made.of("section")} == {"answer", "price", "base", "inputs", "limitations", "run"}
    assert "No one-way analysis was run" in next(e.text for e in made.of("main"))


def test_sections_are_the_analyses_of_the_run_in_their_order(page: Page) -> None:
    sections = [e.attributes["id"] for e in page.of("section")]
    assert [s for s in sections if s in ANALYSES] == ["base", "one_way", "scenarios", "psa"]


def test_the_record_is_told_without_its_times_and_the_same_results_give_the_same_bytes(
    tmp_path: Path, text: str, svg: dict[str, str]
) -> None:
    record = dict(row for row in Page(text).table("run_record")[1:])
    assert record["Run id"] == "abc123" and record["Packages"] == "numpy: 2" and "Seconds" not in record
    d = three_arms()
    again = {"one_way": one_way(d), "scenarios": scenarios(d), "psa": psa(d, N_DRAWS, SEED)}
    assert written(tmp_path, d, svg, **again) == text


def price_lines(page: Page) -> dict[str, object]:
    """What the slider is given."""
    (script,) = page.of("script")
    start = script.text.index("PRICES = ") + len("PRICES = ")
    found: dict[str, object] = json.JSONDecoder().raw_decode(script.text[start:])[0]
    return found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("share", [0.0, 0.37, 1.0, 1.8])
def test_the_slider_gives_the_answer_of_a_run_at_that_price(name: str, share: float) -> None:
    definition = shipped(name)
    (product,) = price_lines(shipped_page(name))["products"]  # type: ignore[misc]
    (address,) = (a for a in definition.parameters if a.startswith("products.palbociclib."))
    assert product["today"] == definition.parameters[address].value
    run = base_case(edit(definition, {address: share * product["today"]}))
    cost = product["free"] + product["added"] * share
    assert cost == pytest.approx(run.incremental_cost, rel=1e-9)
    assert product["qalys"] == pytest.approx(run.incremental_qalys, rel=1e-9)
    new = definition.compared[1]
    for at in product["at"]:
        assert at["threshold"] * product["qalys"] - cost == pytest.approx(run.inmb(at["threshold"]), rel=1e-9)
        assert (at["from"] <= share <= at["to"]) is (new in run.best(at["threshold"]))


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2)."""
    channels = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return sum(weight * c for weight, c in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def contrast(one: str, other: str) -> float:
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_letters_stand_out_from_what_is_behind_them() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21.0)
    style = (TEMPLATES / "report.css").read_text()
    known = dict(re.findall(r"--(\w+):(#[0-9a-f]{6})", style))
    on_light = {known[name] for name in ("ink", "grey", "dark", "accent")}
    for behind in ("#ffffff", known["pale"]):
        assert all(contrast(letters, behind) >= 4.5 for letters in on_light)
    assert all(contrast(letters, known["dark"]) >= 4.5 for letters in ("#ffffff", "#dce8f3"))
    used = set(re.findall(r"(?:^|[{;])color:(#[0-9a-f]{3,6}|var\(--\w+\))", style))
    assert used <= {"#fff", "#dce8f3", *(f"var(--{name})" for name in ("ink", "grey", "dark", "accent"))}
