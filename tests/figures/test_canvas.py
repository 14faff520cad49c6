"""The canvases of the model against matplotlib's own: the same figure, dot for dot and character for character."""

from io import BytesIO

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from model.figures.canvas import Canvas, svg_of
from model.figures.style import house_style

PLAIN = {"Date": None, "Creator": None}


def drawn_figure() -> Figure:
    """Words of one line and of several, level, upright and slanting, in several sizes."""
    figure = Figure(figsize=(4.3, 3.1), dpi=150)
    axis = figure.subplots()
    axis.plot([0, 1, 2], [3.5, 1.25, 2], label="progression-free, × 10⁻³")
    axis.set_ylabel("Share alive")
    axis.set_title("Überleben, survie\nin two lines, of which the second is longer")
    axis.text(0.5, 2.0, "slanting AVAfi", rotation=37.5, fontsize=11.3)
    axis.text(1.2, 3.0, "", fontsize=7)
    axis.legend()
    return figure


def test_words_are_drawn_as_by_matplotlib_itself_dot_for_dot() -> None:
    pictures = []
    for canvas in (FigureCanvasAgg, Canvas, Canvas):  # the third finds every word remembered
        with house_style():
            made = canvas(drawn_figure())
            made.draw()
            pictures.append(bytes(made.buffer_rgba()))
    assert pictures[0] == pictures[1] == pictures[2]


def test_svg_is_written_as_by_matplotlib_itself_and_the_figure_keeps_its_resolution() -> None:
    with house_style():
        figure, file = drawn_figure(), BytesIO()
        FigureCanvasSVG(drawn_figure()).print_svg(file, metadata=PLAIN)
        assert svg_of(figure) == svg_of(figure) == file.getvalue().decode()
    assert figure.dpi == 150
