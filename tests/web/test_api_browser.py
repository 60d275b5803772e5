"""The page of access tokens in a real browser: the list, the form, the token shown once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from shouwang.accounts.models import AccessToken
from tests.casework.conftest import Staff, staff
from tests.web.conftest import Watched

__all__ = ["staff"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_token_is_made_and_revoked_by_hand(
    enter: Callable[..., Watched], look: Callable[[Watched, str], None], staff: Staff
) -> None:
    watched = enter(staff.office)
    page: Any = watched.open("/tokens/")
    look(watched, "tokens-empty")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("link", name="生成令牌").click()
    page.wait_for_selector("body[data-ready=yes]")
    look(watched, "tokens-new")
    page.get_by_label("哪个程序用").fill("医院每月上报程序")
    page.get_by_role("button", name="生成令牌").click()
    page.wait_for_selector(".secret")
    assert page.locator(".secret").inner_text().startswith("swt_")
    look(watched, "tokens-once")
    page.get_by_role("link", name="已经存好").click()
    page.wait_for_selector("body[data-ready=yes]")
    look(watched, "tokens")
    page.set_viewport_size({"width": 1440, "height": 900})
    page.get_by_role("link", name="医院每月上报程序").first.click()
    page.wait_for_selector("body[data-ready=yes]")
    look(watched, "tokens-revoke")
    page.get_by_role("button", name="作废").click()
    page.wait_for_url("**/tokens/")
    assert AccessToken.objects.get().revoked_at is not None
