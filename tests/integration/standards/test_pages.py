"""The pages of the standards, as each role meets them."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.db

PAGES = (
    "/t/near/standards",
    "/t/near/standards/steps/S02",
    "/t/near/standards/history",
    "/t/near/standards/compare",
)


@pytest.mark.parametrize("url", PAGES)
@pytest.mark.parametrize("who", ["manager", "staff"])
def test_everybody_at_the_dealership_reads_the_standards(near, client_of, who, url):
    assert client_of(who).get(url).status_code == 200
