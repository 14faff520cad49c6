"""A state-transition model as formulas: survival after progression from published OS, and the link between the arms."""
