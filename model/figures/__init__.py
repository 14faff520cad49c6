"""Floor 4: figures of the results, made with matplotlib and never through pyplot."""

from .all_figures import figures, write_figures

__all__ = ["figures", "write_figures"]
