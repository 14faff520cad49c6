"""Fixtures that tests of several folders take."""

from __future__ import annotations

import gc
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

LONGEST = (
    "tests/excel/live/test_live_states.py",
    "tests/excel/live/test_live_model.py",
    "tests/survival/families/test_a_new_family.py",
    "tests/cli/test_files_of_a_run.py",
    "tests/cli/test_verify.py",
    "tests/cli/test_columns_of_a_run.py",
    "tests/excel/report/test_first_page.py",
    "tests/analysis/decision/test_evppi.py",
    "tests/analysis/deterministic/test_curve_pairs.py",
    "tests/excel/report/test_coherence_sheet.py",
    "tests/excel/test_round_trip.py",
    "tests/excel/inputs/test_bad_input.py",
    "tests/hostile/test_hostile_corpus.py",
    "tests/analysis/verification/test_verification_record.py",
    "tests/excel/live/test_live_agencies.py",
    "tests/figures/test_figures.py",
    "tests/excel/inputs/test_read_write.py",
    "tests/cli/test_progress.py",
    "tests/excel/live/test_live_published_curves.py",
    "tests/excel/live/test_live_over_time.py",
    "tests/cli/test_input_draws_of_a_run.py",
    "tests/excel/live/test_live_prices_over_time.py",
)
"""Files that take longest, the longest first: begun first, so that no process waits for one of them at the end."""


gc.set_threshold(50_000, 20, 50)  # thousands of tests are objects that stay: circles among them are not looked for so often


def pytest_collection_finish() -> None:
    """What is there before the first test stays until the last: nobody need look through it again."""
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the order of :data:`LONGEST`, then of the folders; xdist keeps it (--no-loadscope-reorder)."""
    rank = {name: place for place, name in enumerate(LONGEST)}
    items.sort(key=lambda item: rank.get(item.nodeid.partition("::")[0], len(LONGEST)))


for number in (signal.SIGINT, getattr(signal, "SIGHUP", signal.SIGINT)):
    if signal.getsignal(number) is signal.SIG_IGN:  # started in the background: programs under test would ignore it too
        signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)

settings.register_profile("no_deadline", deadline=None)  # how long a machine takes says nothing of what is right
settings.load_profile("no_deadline")


@pytest.fixture(scope="session", autouse=True)
def in_one_process() -> Iterator[None]:
    """Runs have no second process beside them: to start it takes longer than what most tests would have it do."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("model.cli.beside.processors", lambda: 1)
        yield


@pytest.fixture(scope="session")
def example_a(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The published example A as an input workbook, which no test changes."""
    from model.excel import write_inputs  # here, so that what only hands out tests need not load the model
    from tests.helpers.small_models import published_example_a

    path = tmp_path_factory.mktemp("models") / "example_a.xlsx"
    write_inputs(published_example_a(), path)
    return path


@pytest.fixture
def without_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Runs draw no figures: they take most of a small run, and the test does not look at them."""
    from model.cli import written  # here, so that what only hands out tests need not load the model

    monkeypatch.setattr(written, "figure_groups", lambda _: {})


@pytest.fixture
def workbook_alone(monkeypatch: pytest.MonkeyPatch, without_figures: None) -> None:
    """Runs write no report either: workbook and tables."""
    from model.cli import written

    for name in ("front", "write_html_of", "write_pdf_of"):
        monkeypatch.setattr(written, name, lambda *_: None)


@pytest.fixture
def tables_alone(monkeypatch: pytest.MonkeyPatch, workbook_alone: None) -> None:
    """Runs write no workbook either, which takes most of what is left."""
    from model.cli import publish

    monkeypatch.setattr(publish, "write_run", lambda *_: None)
