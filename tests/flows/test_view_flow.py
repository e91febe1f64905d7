"""The guide in the window holds every page that is shipped."""

from __future__ import annotations

from coldbyte.flows.view_flow import GUIDE
from coldbyte.services import resources


def test_the_guide_holds_every_page_but_the_one_about_the_app() -> None:
    shipped = {page.name for page in (resources.folder() / "help").glob("*.md")}
    assert len(GUIDE) == len(set(GUIDE))
    assert set(GUIDE) == shipped - {"about.md"}
