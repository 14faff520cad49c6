"""Paper for worksheets: cells, tables, widths, print areas."""
