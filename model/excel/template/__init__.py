"""The annotated starter workbook."""
