"""Reads a spreadsheet of Enhetsregisteret with openpyxl: how many rows there are, the columns, and the second row."""

import json
import sys

from openpyxl import load_workbook

rows = load_workbook(sys.argv[1], read_only=True).worksheets[0].iter_rows(values_only=True)
columns, second = next(rows), next(rows)
print(json.dumps({"kolonner": columns, "andre": second, "rader": 2 + sum(1 for _ in rows)}))
