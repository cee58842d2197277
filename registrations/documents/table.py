"""The table of lines: its head comes again on every page, no row is torn."""

from collections.abc import Sequence
from dataclasses import dataclass

from registrations.documents.sheet import BODY, LEFT, RULE, WIDTH, Sheet

ROW, PADDING = 4.4, 1.3
SHADE = (242, 242, 246)


@dataclass(frozen=True, slots=True)
class Column:
    heading: str
    width: float
    align: str = "R"


def draw_table(
    sheet: Sheet, columns: Sequence[Column], rows: Sequence[Sequence[str]]
) -> None:
    sheet.ln(1)
    _head(sheet, columns)
    for row in rows:
        sheet.body(size=BODY - 0.5)
        height = _height(sheet, columns, row)
        if sheet.get_y() + height > sheet.page_break_trigger:
            sheet.add_page()
            _head(sheet, columns)
            sheet.body(size=BODY - 0.5)
        _row(sheet, columns, row, height)
        sheet.set_draw_color(*RULE)
        sheet.line(LEFT, sheet.get_y(), LEFT + WIDTH, sheet.get_y())


def _head(sheet: Sheet, columns: Sequence[Column]) -> None:
    headings = [column.heading for column in columns]
    sheet.body("B", BODY - 1)
    height = _height(sheet, columns, headings)
    sheet.set_fill_color(*SHADE)
    sheet.rect(LEFT, sheet.get_y(), WIDTH, height, style="F")
    _row(sheet, columns, headings, height)


def _height(sheet: Sheet, columns: Sequence[Column], row: Sequence[str]) -> float:
    lines = max(
        len(_lines(sheet, column, text))
        for column, text in zip(columns, row, strict=True)
    )
    return lines * ROW + 2 * PADDING


def _lines(sheet: Sheet, column: Column, text: str) -> list[str]:
    lines = sheet.multi_cell(
        column.width, ROW, text, align=column.align, dry_run=True, output="LINES"
    )
    return list(lines) or [""]  # type: ignore[arg-type] # what `output` asks for


def _row(
    sheet: Sheet, columns: Sequence[Column], row: Sequence[str], height: float
) -> None:
    top, x = sheet.get_y(), LEFT
    for column, text in zip(columns, row, strict=True):
        for number, line in enumerate(_lines(sheet, column, text)):
            sheet.set_xy(x, top + PADDING + number * ROW)
            sheet.cell(column.width, ROW, line, align=column.align)
        x += column.width
    sheet.set_xy(LEFT, top + height)
