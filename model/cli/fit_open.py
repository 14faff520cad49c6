"""What the command ``fit`` says of candidates that the data do not determine."""

from __future__ import annotations

from model.analysis.curve_choice import ArmFits

SHOWN = 3


def open_fit_lines(arm: ArmFits) -> list[str]:
    """Console lines of one arm: the candidates kept out of ranks and averages, the first few with their reason."""
    found = [(fit, arm.problem(name)) for name, fit in arm.fits.items() if arm.problem(name)]
    lines = [f"    not identified: {fit.label}: {problem}" for fit, problem in found[:SHOWN]]
    if len(found) > SHOWN:
        rest = "; ".join(fit.label for fit, _ in found[SHOWN:])
        lines.append(f"    not identified either: {rest} (see the table of fits)")
    if found and not arm.ranked:
        lines.append("    no candidate is determined by these data: an extrapolation rests on assumptions alone")
    return lines
