"""Which version of the model this is, and how to cite it."""

from __future__ import annotations

import re

from model.shipped import citation_file, source_tree

PACKAGE = "partitioned-survival-model"
LINE = re.compile(r'^(title|version|date-released|license|  - name): "?(.*?)"?$', re.MULTILINE)
"""The lines of the citation file that are needed here."""


def model_version() -> str:
    """Version of the installed model, or of the source tree that it is run from."""
    from importlib import metadata  # slow to load, and not needed to parse a command

    try:
        return metadata.version(PACKAGE)
    except metadata.PackageNotFoundError:
        import tomllib

        text = (source_tree() / "pyproject.toml").read_text(encoding="utf-8")
        return str(tomllib.loads(text)["project"]["version"])


def citation(style: str = "text") -> str:
    """How to cite the model, with its version.

    ``style``: ``text`` (one line) or ``bibtex``. ValueError for another.

    >>> import model
    >>> model.citation("bibtex").splitlines()[0]
    '@software{partitioned_survival_model,'
    """
    found = dict(LINE.findall(citation_file().read_text(encoding="utf-8")))
    authors, title, year, version = found["  - name"], found["title"], found["date-released"][:4], model_version()
    if style == "text":
        return f"{authors} ({year}). {title}. Version {version}. Licence: {found['license']}."
    if style != "bibtex":
        raise ValueError(f"style must be 'text' or 'bibtex', not {style!r}")
    fields = {
        "author": f"{{{authors}}}",
        "title": f"{{{title}}}",
        "year": year,
        "version": version,
        "license": found["license"],
    }
    lines = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items())
    return f"@software{{partitioned_survival_model,\n{lines}\n}}"
