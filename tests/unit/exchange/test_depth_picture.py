"""Depth as text and as HTML."""

import re
from html.parser import HTMLParser

from arbitrax.exchange import DepthPicture, Level


def bars(html):
    """Return (colour, lots %, so far %) of each cell with a bar, top down."""
    cells = re.findall(r"linear-gradient\(to \w+,(#\w+) ([\d.]+)%,#\w+ \2% ([\d.]+)%", html)
    return [(colour, float(here), float(so_far)) for colour, here, so_far in cells]


def test_a_bar_is_as_long_as_its_lots_and_what_is_not_nothing_is_seen():
    picture = DepthPicture([Level(99, 80, 2), Level(98, 1, 1)], [Level(101, 40, 1), Level(102, 20, 3)])
    assert str(picture).splitlines() == [
        "price  lots  orders",
        "  102    20       3  " + "█" * 6,
        "  101    40       1  " + "█" * 12,
        "-----  spread 2",
        "   99    80       2  " + "█" * 24,
        "   98     1       1  ▎",
    ]
    assert str(DepthPicture([Level(9, 10**6, 1), Level(8, 1, 1)], [])).endswith("▏")


def test_empty_sides_locked_and_crossed_books_say_so():
    one = [Level(100, 1, 1)]
    assert "no bids and no asks" in str(DepthPicture([], []))
    assert "no bids" in str(DepthPicture([], one))
    assert "no asks" in str(DepthPicture(one, []))
    assert "locked" in str(DepthPicture(one, one))
    assert "crossed by 5" in str(DepthPicture([Level(105, 1, 1)], one))


def test_levels_that_are_the_same_on_both_sides_are_both_drawn():
    assert len(str(DepthPicture([Level(100, 1, 1)], [Level(100, 1, 1)])).splitlines()) == 4


def test_the_table_has_a_bar_for_each_level_that_grows_by_the_sum():
    html = DepthPicture([Level(99, 30, 2), Level(98, 10, 1)], [Level(101, 20, 1), Level(102, 60, 1)])._repr_html_()
    shares = [(here, so_far) for _, here, so_far in bars(html)]
    assert shares == [(75.0, 100.0), (25.0, 25.0), (37.5, 37.5), (12.5, 50.0)]
    colours = [colour for colour, _, _ in bars(html)]
    assert colours[0] == colours[1] != colours[2] == colours[3]


def test_the_table_is_whole_html_without_scripts_or_other_sites():
    class Balance(HTMLParser):
        def __init__(self):
            super().__init__()
            self.open, self.tags = [], set()

        def handle_starttag(self, tag, attrs):
            self.tags.add(tag)
            if tag != "col":
                self.open.append(tag)

        def handle_endtag(self, tag):
            assert self.open.pop() == tag

    for picture in (DepthPicture([], []), DepthPicture([Level(1, 1, 1)], [Level(2, 1, 1)])):
        parser = Balance()
        parser.feed(picture._repr_html_())
        assert parser.open == []
        assert "script" not in parser.tags
        assert "http" not in picture._repr_html_()
