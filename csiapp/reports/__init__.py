"""PDF audit reports: a frozen snapshot of a visit becomes HTML, and the HTML becomes a PDF.

``snapshot`` and ``canonical`` are pure; ``render``, ``fetcher`` and ``fonts`` know WeasyPrint and
neither the web framework nor the database.
"""
