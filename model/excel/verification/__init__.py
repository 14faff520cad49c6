"""An output workbook recalculated by another program and compared with Python."""
