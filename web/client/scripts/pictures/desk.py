"""The host's console: every view behind its tabs, and the forms that open there."""

from __future__ import annotations

from playwright.sync_api import FilePayload, Page

from pictures.album import PHONE, Album, pictures, playing
from pictures.demonstration import Links

ROSTER = "姓名,单位职务,角色,权重\n李娟,区住建局副局长,,3\n刘桂芳,3 号楼居民代表,居民,1\n"
WRONG_ROSTER = f"{ROSTER}吴代表,人大代表,皇帝,1\n,政协,,1\n孙工,城管局,,x\n"


def take_over(host: Page) -> None:
    """Run the meeting, so that the demonstration's clerk no longer does."""
    host.get_by_test_id("agenda-move-2").click()
    host.locator("[data-testid=agenda-item-2][data-state=current]").wait_for()
    host.wait_for_timeout(6000)  # the clerk lets go within five seconds
    host.get_by_test_id("tab-votes").click()
    while host.locator("[data-testid^=vote-close-]").count():
        close_vote(host)
    host.get_by_test_id("grant-seconds").select_option("600")  # enough for every picture


def put_vote(host: Page, question: str, album: Album | None = None) -> None:
    """The host puts a question with the usual options."""
    host.get_by_test_id("tab-votes").click()
    host.get_by_test_id("open-vote").click()
    host.get_by_test_id("vote-question").fill(question)
    if album:
        album.take(host, "host-vote")
        host.get_by_test_id("vote-more").click()
        album.take(host, "host-vote-more")
    host.get_by_test_id("vote-start").click()
    host.locator("[data-testid^=vote-close-]").first.wait_for()


def close_vote(host: Page) -> None:
    """The host closes the newest vote that is open."""
    host.get_by_test_id("tab-votes").click()
    button = host.locator("[data-testid^=vote-close-]").first
    name = button.get_attribute("data-testid") or ""
    button.click()
    host.get_by_test_id("confirm-yes").click()
    host.get_by_test_id(name).wait_for(state="detached")


def hosting(album: Album, links: Links, host: Page) -> None:
    pictures(host)
    album.take(host, "host")
    put_vote(host, "是否同意下月开工改造排水管道？", album)
    album.take(host, "host-voting")
    close_vote(host)
    album.take(host, "host-voted")
    desk(album, host)
    host.get_by_test_id("tab-room").click()
    host.get_by_test_id("host-watch").click()
    playing(host)
    album.take(host, "host-room")
    host.get_by_test_id("host-watch").click()
    host.get_by_test_id("tab-agenda").click()
    host.get_by_test_id("meeting-recess").click()
    album.take(host, "host-recess")
    host.get_by_test_id("confirm-no").click()
    host.get_by_test_id("meeting-close").click()
    album.take(host, "host-close")
    host.get_by_test_id("confirm-no").click()
    with album.page(links.host, PHONE) as phone:
        phone.get_by_test_id("floor-holder").wait_for()
        pictures(phone)
        for part in ("floor", "agenda", "votes", "people", "comments", "minutes", "room"):
            phone.get_by_test_id(f"part-{part}").click()
            album.take(phone, f"host-{part}")
        phone.get_by_test_id("part-people").click()
        inviting(album, phone)
        album.take(host, "host-moved")
    host.get_by_test_id("link-take-back").click()
    pictures(host)


def desk(album: Album, host: Page) -> None:
    """Every view behind the console's tabs, and the forms that open there."""
    album.take_form(host, "floor-rules", "host-rules")
    album.take_form(host, "hand-enter", "host-hand")
    host.get_by_test_id("tab-agenda").click()
    host.get_by_test_id("agenda-more-2").click()
    album.take(host, "host-agenda")
    album.take_form(host, "agenda-edit", "host-item")
    host.get_by_test_id("tab-people").click()
    for part in ("present", "roster", "lobby"):
        host.get_by_test_id(f"tab-{part}").click()
        album.take(host, f"host-{part}")
    inviting(album, host)
    host.get_by_test_id("tab-comments").click()
    host.locator("[data-testid^=comment-more-]").first.click()
    album.take(host, "host-comments")
    album.take_form(host, "comment-hide", "host-hide")
    album.take_form(host, "comment-rules", "host-comment-rules")
    host.get_by_test_id("tab-minutes").click()
    host.get_by_test_id("draft-state").wait_for()
    album.take(host, "host-minutes")


def inviting(album: Album, host: Page) -> None:
    """A roster is looked at, and a link given out."""
    host.get_by_test_id("tab-roster").click()
    host.get_by_test_id("roster-import").click()
    for name, text in (("wrong", WRONG_ROSTER), ("right", ROSTER)):
        file = FilePayload(name="名册.csv", mimeType="text/csv", buffer=text.encode())
        host.get_by_test_id("import-file").set_input_files(file)
        host.get_by_test_id("import-problems" if name == "wrong" else "import-take").wait_for()
        album.take(host, f"host-import-{name}")
    host.keyboard.press("Escape")
    host.get_by_test_id("tab-invitations").click()
    host.get_by_test_id("invite").first.click()
    host.get_by_test_id("invite-make").click()
    host.get_by_test_id("invite-made").wait_for()
    album.take(host, "host-invite")
    host.get_by_test_id("invite-done").click()
    host.locator("[data-testid^=invitee-more-]").first.click()
    album.take(host, "host-invitations")
