import runpy
from pathlib import Path

ROOT = Path(__file__).parents[3]


def test_the_page_shows_what_the_tour_prints(capsys):
    runpy.run_path(str(ROOT / "examples" / "order_book.py"), run_name="__main__")
    page = (ROOT / "docs" / "order-book.md").read_text(encoding="utf-8")
    assert f"```text\n{capsys.readouterr().out.strip()}\n```" in page
