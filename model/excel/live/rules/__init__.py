"""Rules of the inputs as formulas, so that an edit which breaks one is told in the workbook."""
