"""The docs say what the code does."""

import contextlib
import importlib.util
import io
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
spec = importlib.util.spec_from_file_location("write_docs", ROOT / "scripts" / "write_docs.py")
write_docs = importlib.util.module_from_spec(spec)
spec.loader.exec_module(write_docs)


@pytest.mark.parametrize("name", write_docs.PAGES)
def test_generated_pages_are_current(name):
    committed = (ROOT / "docs" / name).read_text(encoding="utf-8")
    assert committed == write_docs.PAGES[name](), "run python scripts/write_docs.py"


def test_links_between_pages_lead_somewhere():
    broken = []
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]:
        text = page.read_text(encoding="utf-8")
        links = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text)
        for target in [*links, *re.findall(r'(?:href|src|srcset)="([^"#]+)"', text)]:
            if not target.startswith("http") and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)} -> {target}")
    assert not broken


def test_readme_names_every_folder_of_the_package():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    folders = [each.name for each in (ROOT / "src" / "arbitrax").iterdir() if (each / "__init__.py").exists()]
    assert folders
    assert [name for name in folders if f"{name}/" not in readme] == []


RUN = ("order-book.md", "concepts/market-data-feed.md")
"""Pages whose Python blocks run in one session, and print the text block that follows, if any."""


@pytest.mark.parametrize("name", RUN)
def test_code_of_pages_runs_and_prints_what_they_say(name):
    page = (ROOT / "docs" / name).read_text(encoding="utf-8")
    blocks = re.findall(r"```python\n(.*?)```\n(?:\n```text\n(.*?)```)?", page, flags=re.DOTALL)
    assert blocks
    session = {}
    for code, printed in blocks:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, name, "exec"), session)  # noqa: S102 - our own page
        assert out.getvalue() == printed, code
