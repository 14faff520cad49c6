"""Floor 4: figures of the results, made with matplotlib and never through pyplot."""

from model.figures.all_figures import figure_files, figure_groups, figures, write_figures
from model.figures.style import own_style, style_file

__all__ = ["figure_files", "figure_groups", "figures", "own_style", "style_file", "write_figures"]
