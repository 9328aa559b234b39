"""A whole standard set as a spreadsheet or as YAML, and back, without loss.

Pure: bytes and content documents. Both forms are read through the same tables
(:mod:`~csiapp.standards.exchange.tables`), so that both are checked by the same rules.
"""

from csiapp.standards.exchange.findings import Finding, Reading
from csiapp.standards.exchange.workbook import read_workbook, write_workbook
from csiapp.standards.exchange.yaml_text import read_yaml, write_yaml

__all__ = ["Finding", "Reading", "read_workbook", "read_yaml", "write_workbook", "write_yaml"]
