"""Draw the pictures of ``model/guide/``: PYTHONPATH=. python tests/guide/draw_pictures.py (LibreOffice, pdftoppm, Pillow).

The sheets are those of a starter workbook as ``template`` writes it and of a small run of the complete example, printed
by LibreOffice and cut to the part that the guide speaks of. Nothing in them depends on the clock or on the machine, but
for the fonts.
"""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from PIL import Image

from model.excel import write_template
from model.excel.template.asked import asked_for
from model.excel.template.blank import write_starter
from model.excel.verification.libreoffice import office_program
from tests.helpers.small_runs import write_small_run

PICTURES = Path(__file__).resolve().parents[2] / "model" / "guide" / "pictures"
COLOURS = 48
FOOTER = re.compile(r"Page \d+ of \d+")
WIDTH = 1200


@dataclasses.dataclass(frozen=True)
class Picture:
    """A part of one printed page. ``part``: left, top, right and bottom as shares of the page."""

    name: str
    workbook: str
    sheet: str
    part: tuple[float, float, float, float]


SHOWN = (
    Picture("cover", "starter", "Cover", (0.02, 0.03, 1.0, 0.62)),
    Picture("arms", "starter", "Arms", (0.01, 0.045, 0.65, 0.62)),
    Picture("settings", "starter", "Settings", (0.01, 0.045, 0.70, 0.42)),
    Picture("survival", "example", "Survival", (0.01, 0.045, 0.62, 0.50)),
    Picture("drugs", "example", "Drugs", (0.01, 0.045, 0.66, 0.62)),
    Picture("answer", "output", "Answer", (0.03, 0.02, 0.97, 0.64)),
    Picture("results", "output", "Results", (0.0, 0.045, 0.75, 0.48)),
)


def workbooks(folder: Path) -> None:
    """The workbooks that are shown."""
    asked = asked_for(
        "Chemotherapy, Targeted, Immunotherapy",
        "Dacarbazine=per_m2, Inhibitor, Antibody=per_kg",
        curves="digitised:weibull, hazard_ratio, coefficients:weibull",
        events="Rash, Colitis",
        currency="EUR",
    )
    write_starter(asked, folder / "starter.xlsx")
    write_template(folder / "example.xlsx")
    write_small_run(folder / "output.xlsx", draws=200)


def printed(workbook: Path, folder: Path) -> Path:
    """The workbook as PDF."""
    profile = f"-env:UserInstallation=file://{folder}/profile"
    command = [str(office_program()), profile, "--headless", "--convert-to", "pdf", "--outdir", str(folder), str(workbook)]
    subprocess.run(command, check=True, capture_output=True)
    return workbook.with_suffix(".pdf")


def pages_of(pdf: Path) -> dict[str, int]:
    """The first page of each sheet, by the name in its footer."""
    text = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], check=True, capture_output=True, text=True).stdout
    found: dict[str, int] = {}
    for number, page in enumerate(text.split("\f"), start=1):
        for line in page.splitlines()[-4:]:
            if FOOTER.search(line):
                found.setdefault(FOOTER.split(line)[0].strip(), number)
    return found


def draw(picture: Picture, pdf: Path, page: int, target: Path) -> None:
    """Cut the picture out of its page, as wide as all others, in few colours."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["pdftoppm", "-png", "-r", "220", "-f", str(page), "-l", str(page), str(pdf), f"{folder}/page"]
        subprocess.run(command, check=True, capture_output=True)
        (drawn,) = Path(folder).glob("page*.png")
        image = Image.open(drawn).convert("RGB")
    left, top, right, bottom = picture.part
    cut = image.crop((int(left * image.width), int(top * image.height), int(right * image.width), int(bottom * image.height)))
    small = cut.resize((WIDTH, round(cut.height * WIDTH / cut.width)), Image.Resampling.LANCZOS)
    small.quantize(COLOURS).save(target, optimize=True)


def main(target: Path = PICTURES) -> None:
    """Draw all of them into the folder."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        workbooks(folder)
        pdfs = {book: printed(folder / f"{book}.xlsx", folder) for book in dict.fromkeys(p.workbook for p in SHOWN)}
        pages = {book: pages_of(pdf) for book, pdf in pdfs.items()}
        for picture in SHOWN:
            page = pages[picture.workbook][picture.sheet]
            draw(picture, pdfs[picture.workbook], page, target / f"{picture.name}.png")
            print(f"{picture.name}: {(target / f'{picture.name}.png').stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else PICTURES)
