"""A sheet of A4 as letters are: an address for a window envelope, and a foot.

The address stands where DIN 5008 (form B) and the windows of C6/5 envelopes want it: 20
mm from the left, 45 mm from the top, 85 by 45 mm.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from fpdf import FPDF, XPos, YPos

if TYPE_CHECKING:
    from fpdf.enums import Align

FONTS = Path(__file__).with_name("fonts")
FONT = "DejaVu"
BODY, SMALL, HEAD = 9.0, 7.0, 15.0
LINE = 4.6
LEFT, WIDTH, TOP, FOOT = 25.0, 165.0, 18.0, 24.0
WINDOW_WIDTH, WINDOW_TOP, WINDOW_LINES = 80.0, 49.0, 27.3
ACCENT, QUIET, RULE = (28, 28, 32), (95, 95, 105), (190, 190, 198)


class Sheet(FPDF):
    def __init__(self, *, title: str, page_words: str, imprint: Sequence[str]) -> None:
        super().__init__(format="A4", unit="mm")
        self.page_words, self.imprint = page_words, imprint
        self.heading = title
        for style, name in (("", "DejaVuSans.ttf"), ("B", "DejaVuSans-Bold.ttf")):
            self.add_font(FONT, style, str(FONTS / name))
        self.set_margins(LEFT, TOP, 210 - LEFT - WIDTH)
        self.set_auto_page_break(True, margin=FOOT + 6)
        self.set_title(title)
        self.set_creator("")
        self.set_producer("")
        self.body()

    # Fonts

    def body(self, style: str = "", size: float = BODY) -> None:
        self.set_font(FONT, style, size)
        self.set_text_color(*ACCENT)

    def quiet(self, size: float = SMALL) -> None:
        self.set_font(FONT, "", size)
        self.set_text_color(*QUIET)

    # What every page has

    def header(self) -> None:
        if self.page_no() > 1:
            self.quiet()
            self.set_xy(LEFT, TOP - 6)
            self.cell(WIDTH, 4, self.heading)
            self.set_xy(LEFT, TOP + 2)
        self.body()

    def footer(self) -> None:
        self.set_draw_color(*RULE)
        self.line(LEFT, 297 - FOOT, LEFT + WIDTH, 297 - FOOT)
        self.quiet()
        self.set_y(297 - FOOT + 2)
        for text in self.imprint:
            self.multi_cell(
                WIDTH - 30, 3.4, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
            )
        # To the left: how wide the number of pages will be is not known yet.
        self.set_xy(LEFT + WIDTH - 22, 297 - FOOT + 2)
        pages = self.page_words % {"page": self.page_no(), "pages": "{nb}"}
        self.cell(22, 3.4, pages)

    # The first page's upper half

    def letter_head(
        self, *, sender: str, to: Sequence[str], facts: Sequence[tuple[str, str]]
    ) -> None:
        self._sender(sender)
        self._address(to)
        self.pairs(facts, x=LEFT + 90, y=WINDOW_TOP + 2, width=WIDTH - 90, label=30)
        self.set_y(max(self.get_y() + 6, 98.0))

    def _sender(self, sender: str) -> None:
        self.quiet(6.5)
        while self.get_string_width(sender) > WINDOW_WIDTH and len(sender) > 1:
            sender = f"{sender[:-2].rstrip()}…"
        self.set_xy(LEFT, WINDOW_TOP)
        self.cell(WINDOW_WIDTH, 4, sender)
        self.set_draw_color(*RULE)
        self.line(LEFT, WINDOW_TOP + 4.4, LEFT + WINDOW_WIDTH, WINDOW_TOP + 4.4)

    def _address(self, to: Sequence[str]) -> None:
        """As large as fits into the window."""
        for size in (10.0, 9.0, 8.0, 7.0, 6.0):
            self.body(size=size)
            lines = [line for text in to for line in self._wrapped(text)]
            if len(lines) * size * 0.46 <= WINDOW_LINES:
                break
        for number, line in enumerate(lines):
            self.set_xy(LEFT, WINDOW_TOP + 7 + number * size * 0.46)
            self.cell(WINDOW_WIDTH, size * 0.46, line)

    def _wrapped(self, text: str) -> list[str]:
        lines = self.multi_cell(
            WINDOW_WIDTH, LINE, text, align="L", dry_run=True, output="LINES"
        )
        return list(lines)  # type: ignore[arg-type] # what `output` asks for

    def name(self, title: str, subtitle: str) -> None:
        self.body("B", HEAD)
        self._block(title, HEAD * 0.5)
        self.quiet(BODY + 1)
        self._block(subtitle, LINE)
        self.ln(3)

    # Texts

    def small(self, text: str) -> None:
        self.quiet()
        self._block(text, 3.6)
        self.body()

    def write_small(self, text: str, *, width: float, align: "Align | str") -> None:
        self.quiet()
        self.multi_cell(
            width, 3.4, text, align=align, new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )
        self.body()

    def paragraph(self, text: str) -> None:
        self.body()
        self._block(text, LINE)
        self.ln(2)

    def _block(self, text: str, height: float) -> None:
        self.set_x(LEFT)
        self.multi_cell(
            WIDTH, height, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT
        )

    def pairs(
        self,
        pairs: Sequence[tuple[str, str]],
        *,
        x: float,
        width: float,
        y: float | None = None,
        label: float = 24,
    ) -> None:
        """Names and values in two columns, each as high as it needs."""
        if y is not None:
            self.set_y(y)
        for name, value in pairs:
            top = self.get_y()
            self.quiet(8)
            self.set_xy(x, top)
            self.multi_cell(label, LINE, name, align="L", new_y=YPos.NEXT)
            below = self.get_y()
            self.body()
            self.set_xy(x + label, top)
            self.multi_cell(width - label, LINE, value, align="L", new_y=YPos.NEXT)
            self.set_y(max(below, self.get_y()) + 0.6)

    def totals(self, rows: Sequence[tuple[str, str]], total: tuple[str, str]) -> None:
        self.keep_together(len(rows) * LINE + 16)
        self.ln(1.5)
        for name, value in rows:
            self.body()
            self._total(name, value, LINE + 0.4)
        self.set_draw_color(*ACCENT)
        self.line(LEFT + 70, self.get_y() + 0.8, LEFT + WIDTH, self.get_y() + 0.8)
        self.ln(1.6)
        self.body("B", BODY + 1.5)
        self._total(*total, LINE + 2)
        self.ln(5)

    def _total(self, name: str, value: str, height: float) -> None:
        self.set_x(LEFT + 50)
        self.cell(WIDTH - 50 - 45, height, name, align="R")
        self.cell(45, height, value, align="R", new_x=XPos.LMARGIN, new_y=YPos.NEXT)

    # Room and pictures

    def keep_together(self, height: float) -> None:
        """What is so high and comes next begins a page where it would be torn."""
        if self.get_y() + height > self.page_break_trigger:
            self.add_page()

    def picture_of(
        self, matrix: Sequence[Sequence[int]], *, x: float, y: float, size: float
    ) -> None:
        """A code of black squares, drawn row by row: sharp at any size."""
        unit = size / len(matrix)
        self.set_fill_color(0, 0, 0)
        for row, cells in enumerate(matrix):
            start = 0
            for end in range(1, len(cells) + 1):
                if end < len(cells) and cells[end] == cells[start]:
                    continue
                if cells[start]:
                    left, width = x + start * unit, (end - start) * unit
                    self.rect(left, y + row * unit, width, unit, style="F")
                start = end
