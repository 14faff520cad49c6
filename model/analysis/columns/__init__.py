"""The columns of every table of results, one file per subject."""
