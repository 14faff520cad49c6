"""The package as it is installed: what a wheel brings, what the command says; version and citation agree everywhere."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

import model
from model.cli import main
from model.cli.arguments import parse
from model.shipped import EXAMPLES, example_file
from tests.helpers.shipped import ROOT

PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
SOURCES = (
    "model",
    "inputs",
    "pyproject.toml",
    "setup.py",
    "MANIFEST.in",
    "run_model.py",
    "README.md",
    "LICENSE",
    "CITATION.cff",
)


def run(*words: str, cwd: Path, path: Path | str = "") -> subprocess.CompletedProcess[str]:
    """A command of this Python in a folder, with ``path`` before all else that it imports from."""
    environment = {**os.environ, "PYTHONPATH": str(path)}
    return subprocess.run([sys.executable, *words], cwd=cwd, env=environment, capture_output=True, text=True, check=False)


def test_version_and_citation_agree_with_the_project() -> None:
    cited = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert re.search(rf"^version: {re.escape(PROJECT['version'])}$", cited, re.MULTILINE)
    assert model.__version__ in model.citation() and model.__version__ in model.citation("bibtex")
    assert re.search(r'^title: "(.*)"$', cited, re.MULTILINE)[1] in model.citation()  # type: ignore[index]
    with pytest.raises(ValueError, match="style must be 'text' or 'bibtex'"):
        model.citation("apa")


def test_every_example_is_a_workbook_that_is_shipped() -> None:
    assert all(example_file(name).exists() for name in EXAMPLES)
    assert PROJECT["scripts"] == {"partitioned-survival": "run_model:main"}
    assert (ROOT / "model" / "py.typed").exists()


def test_a_file_called_model_is_told_by_name(tmp_path: Path) -> None:
    (tmp_path / "model.py").write_text("x = 1\n")
    shutil.copy(ROOT / "run_model.py", tmp_path / "started.py")
    done = run("started.py", "--version", cwd=tmp_path, path=ROOT)
    assert done.returncode == 2 and not done.stdout
    assert done.stderr == (
        f"'{tmp_path / 'model.py'}' has the name of the package 'model' and hides it: rename it, or run from elsewhere.\n"
    )
    (tmp_path / "model.py").unlink()
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "__init__.py").write_text("")
    assert str(tmp_path / "model" / "__init__.py") in run("started.py", "--version", cwd=tmp_path, path=ROOT).stderr


def test_the_package_is_a_command(tmp_path: Path) -> None:
    done = run("-m", "model", "--help", cwd=tmp_path, path=ROOT)
    assert done.returncode == 0 and done.stdout.startswith("usage: python -m model [WORKBOOK]")
    assert "run_model.py" not in done.stdout
    assert run("-m", "model", "--citation", cwd=tmp_path, path=ROOT).stdout.strip() == model.citation()


def test_examples_are_listed_and_copied(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main(["examples"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == list(EXAMPLES)
    assert main(["examples", "mine"]) == 0
    copied = [path for path in (tmp_path / "mine").rglob("*") if path.is_file()]
    assert capsys.readouterr().out == f"{len(copied)} files in mine\n"
    assert {path.stem for path in copied} >= set(EXAMPLES)
    assert (tmp_path / "mine" / "patina_us.xlsx").read_bytes() == example_file("patina_us").read_bytes()
    assert main(["examples", "mine"]) == 2
    assert "exists already; choose another folder" in capsys.readouterr().err


def test_an_example_is_run_by_its_name() -> None:
    assert parse(["patina_england"]).workbook == example_file("patina_england")
    assert parse(["unknown.xlsx"]).workbook == Path("unknown.xlsx")


@pytest.fixture(scope="module")
def unpacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the wheel would install, built from a copy of the sources."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for name in SOURCES:
        copy = shutil.copytree if (ROOT / name).is_dir() else shutil.copy
        copy(ROOT / name, source / name)
    words = ("-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(built), str(source))
    done = run(*words, cwd=source)
    assert done.returncode == 0, done.stderr
    (wheel,) = built.glob("*.whl")
    with zipfile.ZipFile(wheel) as file:
        file.extractall(built / "site")
    return built / "site"


@pytest.mark.slow
def test_a_wheel_brings_all_that_is_needed_in_an_empty_folder(unpacked: Path, tmp_path: Path) -> None:
    folder = unpacked / "model" / "shipped_files"
    shipped = sorted(str(path.relative_to(folder)) for path in folder.rglob("*.*"))
    stored = (path.relative_to(ROOT / "inputs") for path in (ROOT / "inputs").rglob("[!~]*.*"))
    assert shipped == sorted([*map(str, stored), "CITATION.cff"])
    assert (unpacked / "model" / "py.typed").exists()
    assert f"model {PROJECT['version']}" in run("-m", "run_model", "--version", cwd=tmp_path, path=unpacked).stdout
    done = run("-m", "run_model", "example_four_arms", "--only", "base", cwd=tmp_path, path=unpacked)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "outputs" / "example_four_arms-only_base" / "report.html").exists()
    code = "import model; d = model.example('patina_us'); print(model.__file__, d.arm_ids, model.citation())"
    done = run("-c", code, cwd=tmp_path, path=unpacked)
    assert str(unpacked) in done.stdout and "control" in done.stdout, done.stderr
