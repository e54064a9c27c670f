"""The report as a browser would find it, for tests."""

from html.parser import HTMLParser


class Page(HTMLParser):
    """What a browser would find: elements in order, the text in them, and the raw text of scripts."""

    VOID = frozenset({"meta", "line", "rect", "polyline"})

    def __init__(self, html):
        super().__init__()
        self.elements, self.open, self.scripts, self.words = [], [], [], []
        self.tables, self.cell = {}, None
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in self.VOID:
            self.open.append(tag)
        if tag == "table":
            self.rows = self.tables.setdefault(dict(attributes).get("id", "?"), [])
        elif tag == "tr":
            self.rows.append([])
        elif tag in {"td", "th"}:
            self.cell = []

    def handle_endtag(self, tag):
        if tag not in self.VOID:
            assert self.open.pop() == tag
        if tag in {"td", "th"}:
            self.rows[-1].append("".join(self.cell))
            self.cell = None

    def handle_data(self, data):
        (self.scripts if self.open[-1:] == ["script"] else self.words).append(data)
        if self.cell is not None:
            self.cell.append(data)

    @property
    def text(self):
        return " ".join(self.words)

    def of(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]

    def records(self, table):
        """Return the rows of a table by heading."""
        heads, *rows = self.tables[table]
        return [dict(zip(heads, row, strict=True)) for row in rows]
