"""The model as formulas: the same calculation as the engine, cell by cell, for whoever opens the workbook.

One file per file of :mod:`model.engine`, with the same name and the same order of columns. Each formula is made
together with its value, so that programs that do not recalculate show numbers; that both agree with the engine is what
the tests of this folder state.
"""
