"""The sheet Checks: what must hold in the workbook, as formulas."""
