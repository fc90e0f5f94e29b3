"""Of a person's pages the one that was asked last has the link."""

from __future__ import annotations

from signaling.claims import LEFT_MAX, Claims


def test_a_newer_claim_takes_the_link_from_an_older() -> None:
    """And the older one's holder is named."""
    claims = Claims()
    assert claims.claim("li", "laptop", 10) is None
    assert claims.claim("li", "phone", 20) == "laptop"


def test_an_older_claim_that_comes_back_loses() -> None:
    """A laptop that was asleep while the person went on with the phone."""
    claims = Claims()
    claims.claim("li", "phone", 20)
    assert claims.claim("li", "laptop", 10) == "laptop"
    assert claims.claim("li", "phone", 20) is None


def test_the_same_claim_on_a_new_connection_wins() -> None:
    """A page that came back before its old connection was noticed to be dead."""
    claims = Claims()
    claims.claim("li", "before", 10)
    assert claims.claim("li", "after", 10) == "before"


def test_what_the_old_connection_said_before_arrives_too_late() -> None:
    """Wi-Fi, mobile, Wi-Fi: the first connection's packets are delivered after all."""
    claims = Claims()
    for connection in ("wifi", "mobile", "wifi again"):
        claims.claim("li", connection, 10)
    assert claims.claim("li", "wifi", 10) == "wifi"
    assert claims.claim("li", "mobile", 10) == "mobile"
    assert claims.claim("li", "mobile", 20) == "wifi again"  # asked for anew
    assert claims.claim("li", "wifi again", 10) == "wifi again"


def test_no_more_than_a_few_old_connections_are_remembered() -> None:
    claims = Claims()
    for number in range(LEFT_MAX + 2):
        claims.claim("li", f"{number}", 10)
    assert claims.claim("li", "1", 10) == "1"
    assert claims.claim("li", "0", 10) == f"{LEFT_MAX + 1}"


def test_a_link_that_was_given_up_is_free_also_for_an_older_claim() -> None:
    """Nobody has to wait for a page that is closed."""
    claims = Claims()
    claims.claim("li", "phone", 20)
    claims.release("li", "phone")
    assert claims.claim("li", "laptop", 10) is None


def test_only_the_holder_gives_the_link_up() -> None:
    """The page that lost it says goodbye later, and nothing changes."""
    claims = Claims()
    claims.claim("li", "laptop", 10)
    claims.claim("li", "phone", 20)
    claims.release("li", "laptop")
    assert claims.claim("li", "laptop", 10) == "laptop"


def test_people_do_not_take_from_each_other() -> None:
    """A claim is about one's own pages."""
    claims = Claims()
    claims.claim("li", "a", 10)
    assert claims.claim("wang", "b", 20) is None
