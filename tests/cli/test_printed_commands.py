"""Every command that a workbook, the README or a help text prints is one that the program takes.

The quick form parses each and reads the inputs that it names; the whole form (slow) runs each in a copy of the project,
with few draws. Two are only parsed: one waits for a cluster, the other draws until a tolerance is met.
"""

from __future__ import annotations

import contextlib
import dataclasses
import html
import io
import re
import shlex
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from model.cli import main
from model.cli.arguments import COMMANDS, parse
from model.definition import ModelDefinition, edit
from model.excel import read_inputs, write_inputs
from tests.helpers.shipped import ROOT, shipped, without_scenarios
from tests.helpers.small_runs import small_definition, write_small_run

PRINTED = re.compile(r"run_model\.py((?: (?! )[^\n`#;]*?)?)(?=  |\n|`|#|;|$|\. |\.$|\) )")
WAITS = ("--scheduler", "auto")
FEW = ["--draws", "20", "--sobol-runs", "64", "--only", "base,psa"]


def commands_in(text: str) -> Iterator[str]:
    """What follows ``run_model.py`` up to the end of the command, such as ``check MY.xlsx``."""
    for found in PRINTED.finditer(text):
        words = found[1].strip().rstrip(".,:'\")") if found[1].count('"') % 2 else found[1].strip().rstrip(".,:')")
        if not words.startswith(("takes", "writes", "is", "and", "as written")):
            yield words


def help_texts() -> Iterator[str]:
    for words in ([], *([name] for name in COMMANDS)):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed), pytest.raises(SystemExit):
            main([*words, "--help"])
        yield printed.getvalue().split("\n\n", 1)[1]  # after the usage line, which is no command


def texts_of(path: Path) -> str:
    """The texts of a workbook that name the program: its shared strings and the words of its formulas."""
    with zipfile.ZipFile(path) as file:
        xml = "\n".join(file.read(n).decode() for n in file.namelist() if re.search(r"sharedStrings|sheet\d+\.xml$", n))
    return "\n".join(html.unescape(t) for t in re.findall(r">([^<]*run_model[^<]*)<", xml))


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    """Every command, once. The workbooks: starter, output, shipped inputs."""
    folder = tmp_path_factory.mktemp("printed")
    write_small_run(folder / "output.xlsx", draws=0)
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        assert main(["template", str(folder / "FILE.xlsx")]) == 0
    workbooks = [folder / "FILE.xlsx", folder / "output.xlsx", *sorted((ROOT / "inputs").glob("*.xlsx"))]
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    guide = [page.read_text(encoding="utf-8") for page in sorted((ROOT / "model" / "guide").glob("*.md"))]
    texts = [
        readme,
        *guide,
        *help_texts(),
        said.getvalue().replace(str(folder / "FILE.xlsx"), "FILE"),
        *map(texts_of, workbooks),
    ]
    return list(dict.fromkeys(command for text in texts for command in commands_in(text)))


def accepted(command: str) -> tuple[str, Any]:
    """The command's name and its options. Raises SystemExit where its parser refuses it."""
    words = shlex.split(command)
    return words[0] if words and words[0] in COMMANDS else "run", parse(words)


def test_the_commands_are_found(printed: list[str]) -> None:
    assert {"", "check inputs/patina_us.xlsx", "template my_model.xlsx", "FILE", "check FILE"} <= set(printed)
    assert {name for command in printed for name in COMMANDS if command.startswith(name)} == set(COMMANDS) - {"run"}
    assert len(printed) > 25


def test_every_printed_command_is_taken(printed: list[str]) -> None:
    refused = []
    for command in printed:
        with contextlib.redirect_stderr(io.StringIO()):
            try:
                name, options = accepted(command)
            except (SystemExit, ValueError):
                refused.append(command)
                continue
        if name == "run":
            assert options.workbook.suffix == ".xlsx" or options.workbook.name == "FILE", command
            if options.changes:
                edit(without_scenarios("patina_us"), dict(options.changes))
    assert refused == []


# ---- the whole form ----------------------------------------------------------------------------------------------------


def renamed(value: Any, old: str, new: str) -> Any:
    """A definition in which an id is another one everywhere."""
    if isinstance(value, str):
        return new if value == old else value.replace(f".{old}.", f".{new}.")
    if isinstance(value, tuple):
        return tuple(renamed(v, old, new) for v in value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        fields = {f.name: getattr(value, f.name) for f in dataclasses.fields(value) if f.init}
        return dataclasses.replace(value, **{n: renamed(v, old, new) for n, v in fields.items()})
    return value


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the project with every file that a printed command names; shipped models in cycles of four weeks."""
    folder = tmp_path_factory.mktemp("project")
    shutil.copytree(ROOT / "model", folder / "model", ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copytree(ROOT / "inputs", folder / "inputs")
    shutil.copy(ROOT / "run_model.py", folder)
    for file in ("pyproject.toml", "constraints.txt"):
        shutil.copy(ROOT / file, folder)
    for name in ("patina_us", "patina_england"):
        coarse = edit(shipped(name), {"settings.cycle_days": 28.0, "settings.psa_draws": 20})
        write_inputs(coarse, folder / "inputs" / f"{name}.xlsx")
    coarse = read_inputs(folder / "inputs" / "patina_us.xlsx")
    other = edit(coarse, {"utilities.progressed": 0.6})
    for name, definition in {"OLD.xlsx": coarse, "NEW.xlsx": other, "MY.xlsx": other, "FILE": other}.items():
        write_inputs(definition, folder / (name if name.endswith(".xlsx") else f"{name}.xlsx"))
    shutil.move(folder / "FILE.xlsx", folder / "FILE")
    for place in ("outputs/patina_us/patina_us", "outputs/first/first", "outputs/second/second", "my_edited", "OUTPUT"):
        (folder / place).parent.mkdir(parents=True, exist_ok=True)
        write_small_run(folder / f"{place}.xlsx", draws=20)
    rows = ["cost_A,cost_B,qaly_A,qaly_B", *(f"{100 + i % 7},{150 + i % 5},{1 + i % 3},{1.5 + i % 4}" for i in range(40))]
    for name in ("draws.csv", "DRAWS.csv"):
        (folder / name).write_text("\n".join(rows))
    book = openpyxl.Workbook()
    book.active.title = "Simulations"
    book.active.append(["c SoC", "c New", "e SoC", "e New"])
    for i in range(40):
        book.active.append([100 + i % 7, 150 + i % 5, 1 + i % 3, 1.5 + i % 4])
    book.save(folder / "bcea.xlsx")
    data = (ROOT / "inputs" / "example_patient_data.csv").read_text()
    for name in ("trial.csv", "DATA.csv"):
        (folder / name).write_text(data)
    (folder / "journal.mplstyle").write_text("axes.grid: True\n")
    (folder / "FILE.csv").write_text("\n".join(["utilities.progressed", *(str(0.5 + i / 100) for i in range(20))]))
    return folder


def model_of_arms(names: list[str]) -> ModelDefinition:
    """The starter model with an arm ``drug_a`` and, as its other arm, the first of the data's."""
    return renamed(renamed(small_definition(), "new_treatment", "drug_a"), "standard_care", names[0])


@pytest.mark.slow
def test_every_printed_command_runs(printed: list[str], project: Path) -> None:
    failed = {}
    for command in printed:
        if any(word in command for word in WAITS):
            continue
        name, _ = accepted(command)
        words = shlex.split(command)
        if name == "template" and (project / words[1]).exists():
            (project / words[1]).unlink()
        if name == "fit":  # each as the first of its data
            shutil.rmtree(project / "outputs" / f"{Path(words[1]).stem}_fit", ignore_errors=True)
        if "my_model.xlsx" in words and name != "template":
            source = read_inputs(project / "NEW.xlsx")
            if "--into" in words:
                data = (ROOT / "inputs" / "example_patient_data.csv").read_text()
                first, second = sorted({line.split(",")[0] for line in data.splitlines()[1:]})[:2]
                (project / "trial.csv").write_text(re.sub(f"(?m)^{second},", "Drug A,", data))
                source = model_of_arms([first])
            write_inputs(source, project / "my_model.xlsx")
        small = {"run": FEW, "verify": ["--draws", "1", "--scenarios", "1", "--engine", "formualizer"]}
        more = small.get(name, ["--no-figures"] if name in ("fit", "psa-summary") else [])
        done = subprocess.run(
            [sys.executable, "run_model.py", *words, *more],
            cwd=project,
            capture_output=True,
            text=True,
            check=False,
            timeout=600,
        )
        if done.returncode != 0:
            failed[command] = (done.stdout + done.stderr)[-400:]
    assert failed == {}
    written = {c for path in project.glob("**/*.xlsx") for c in commands_in(texts_of(path))}
    repeating = {c for c in written if " --seed " in c}  # an output workbook tells how its run is repeated
    assert repeating and all(accepted(c.removesuffix(" with the changes named here"))[0] == "run" for c in repeating)
    assert written - repeating <= set(printed)  # workbooks of fits, change logs and summaries print no others
