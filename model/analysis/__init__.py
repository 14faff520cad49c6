"""Questions asked of the engine: draws in, tables out."""
