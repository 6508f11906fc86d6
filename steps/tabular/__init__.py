"""Reading delimited text as people upload it.

``detect`` finds the dialect of a file once: encoding, separator, quotation
mark, escape, preamble and header. ``read_rows`` then yields the rows, each
with as many cells as there are columns, and counts in ``Alterations`` every
row that is not in the file as it is given. Nothing here needs more than the
standard library, except for texts whose encoding has to be guessed.

    dialect = detect(file)
    alterations = Alterations()
    for row in read_rows(file, dialect, LEAVE_OUT, alterations):
        ...
    alterations.sentences()

Cells are texts as they are written; what they mean is decided elsewhere.
"""
