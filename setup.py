"""Puts the shipped inputs and the citation into the package when it is built; all else stands in ``pyproject.toml``."""

from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

INPUTS = Path("inputs")
SHIPPED = ("inputs/*.xlsx", "inputs/*.csv", "inputs/published/*", "CITATION.cff")
TARGET = Path("model", "shipped_files")


class BuildWithInputs(build_py):
    """Copies what is shipped into ``model/shipped_files/`` of what is built, and nothing into the source tree."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            for source, target in self._shipped():
                target.parent.mkdir(parents=True, exist_ok=True)
                self.copy_file(str(source), str(target))

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        shipped = [] if self.editable_mode else [str(target) for _, target in self._shipped()]
        return [*super().get_outputs(include_bytecode), *shipped]

    def _shipped(self) -> list[tuple[Path, Path]]:
        here = Path(__file__).resolve().parent
        found = [path.relative_to(here) for pattern in SHIPPED for path in sorted(here.glob(pattern))]
        return [(path, Path(self.build_lib, TARGET, _inside(path))) for path in found if not path.name.startswith("~$")]


def _inside(path: Path) -> Path:
    """Where a file stands in the package: as in its folder of inputs, or at the top."""
    return path.relative_to(INPUTS) if path.is_relative_to(INPUTS) else path


setup(cmdclass={"build_py": BuildWithInputs})
