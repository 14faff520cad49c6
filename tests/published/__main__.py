"""``python -m tests.published``: write the workbooks of ``inputs/published/`` and its README."""

from __future__ import annotations

from pathlib import Path

from model.excel import write_inputs
from tests.published.all_models import MODELS
from tests.published.readme import readme

FOLDER = Path(__file__).resolve().parents[2] / "inputs" / "published"


def main() -> None:
    """Write them all."""
    for name, published in MODELS.items():
        write_inputs(published.define(), FOLDER / f"{name}.xlsx")
    (FOLDER / "README.md").write_text(readme(MODELS), encoding="utf-8")


if __name__ == "__main__":
    main()
