"""The sheets of the output workbook, one file per sheet or small family of sheets."""
