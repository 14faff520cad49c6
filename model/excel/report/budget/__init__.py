"""The budget impact as formulas: what a patient costs in each year, and the convolution over patients who start."""
