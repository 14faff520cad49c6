"""Which version of the model this is."""

from __future__ import annotations

from pathlib import Path


def model_version() -> str:
    """Version of the installed model, or of the source tree beside it."""
    from importlib import metadata  # slow to load, and not needed to parse a command

    try:
        return metadata.version("partitioned-survival-model")
    except metadata.PackageNotFoundError:
        import tomllib

        text = (Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8")
        return str(tomllib.loads(text)["project"]["version"])
