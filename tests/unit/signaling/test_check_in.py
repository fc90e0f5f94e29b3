"""Who types the four digits that the room's display shows is in the room."""

from __future__ import annotations

from dataclasses import replace

from meetings.refusals import Code
from signaling.check_in import MINUTE_MS, CheckIn
from signaling.limits import Limits, Rate

SECRET = b"s" * 32
GENEROUS = Rate(burst=10_000, per_s=0.0)
FREE = replace(Limits(), codes=GENEROUS, wrong_codes=GENEROUS)
NOW_MS = 29_400_000 * MINUTE_MS + 17_000


def check_in(limits: Limits = FREE, meeting: str = "m1", secret: bytes = SECRET) -> CheckIn:
    return CheckIn(secret, meeting, limits)


def wrong(door: CheckIn) -> str:
    """Neither this minute's digits nor those before or after."""
    near = {door.section(NOW_MS + n * MINUTE_MS).code for n in (-1, 0, 1)}
    return next(code for code in ("0000", "1111", "2222", "3333") if code not in near)


def test_what_the_display_shows_is_right_for_its_minute_and_the_next() -> None:
    """People type slowly; after that it is wrong."""
    door = check_in()
    shown = door.section(NOW_MS)
    start_ms = NOW_MS - 17_000
    assert shown.until_ms == start_ms + MINUTE_MS
    verdicts = [
        door.judge("wang", shown.code, at_ms, 0.0)
        for at_ms in (
            start_ms - 1,
            start_ms,
            shown.until_ms - 1,
            shown.until_ms + MINUTE_MS - 1,
            shown.until_ms + MINUTE_MS,
        )
    ]
    no = Code.ATTENDANCE_WRONG_CODE
    assert verdicts == [no, None, None, None, no]


def test_codes_differ_by_minute_meeting_and_secret() -> None:
    """Over an hour: two of 10,000 are alike now and then, a whole hour is not."""

    def hour(door: CheckIn) -> list[str]:
        return [door.section(NOW_MS + n * MINUTE_MS).code for n in range(60)]

    own = hour(check_in())
    assert len(set(own)) > 50
    assert own == hour(check_in())  # another node, or after a restart
    assert own != hour(check_in(meeting="m2"))
    assert own != hour(check_in(secret=b"t" * 32))


def test_one_person_tries_five_times_and_then_slowly() -> None:
    """Another person is not affected; ten seconds later one more try is given."""
    door = check_in(replace(Limits(), wrong_codes=GENEROUS))
    no = wrong(door)
    verdicts = [door.judge("wang", no, NOW_MS, 0.0) for _ in range(6)]
    assert verdicts == [*[Code.ATTENDANCE_WRONG_CODE] * 5, Code.ATTENDANCE_TOO_MANY_CODES]
    right = door.section(NOW_MS).code
    assert door.judge("wang", right, NOW_MS, 9.9) is Code.ATTENDANCE_TOO_MANY_CODES
    assert door.judge("wang", right, NOW_MS, 10.1) is None
    assert door.judge("zhao", right, NOW_MS, 0.0) is None


def test_sixty_wrong_codes_of_all_people_close_the_door_for_a_second() -> None:
    """And right ones cost nothing: a full hall can sign in at once."""
    door = check_in()
    door = CheckIn(SECRET, "m1", replace(FREE, wrong_codes=Limits().wrong_codes))
    right, no = door.section(NOW_MS).code, wrong(door)
    assert all(door.judge(f"p{n}", right, NOW_MS, 0.0) is None for n in range(500))
    guesses = [door.judge(f"g{n}", no, NOW_MS, 0.0) for n in range(61)]
    assert guesses == [*[Code.ATTENDANCE_WRONG_CODE] * 60, Code.ATTENDANCE_TOO_MANY_CODES]
    assert door.judge("wang", right, NOW_MS, 0.5) is Code.ATTENDANCE_TOO_MANY_CODES
    assert door.judge("wang", right, NOW_MS, 1.6) is None
