"""Tables made by other programs: draws and data as text or workbook."""
