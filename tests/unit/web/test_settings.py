"""Settings: where values come from, and what is said about wrong ones."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from web.settings import Settings, SettingsError, kept_secret, read_settings, variable


def test_defaults_listen_on_this_machine_alone() -> None:
    """Without a flag or a variable, nobody else reaches the service."""
    settings = read_settings({}, {})
    assert (settings.host, settings.port, settings.tls) == ("127.0.0.1", 8000, False)
    assert settings.ice_servers == ()


def test_flags_go_before_the_environment_and_that_before_defaults() -> None:
    """A flag that was not given (None) leaves the environment's value."""
    settings = read_settings(
        {"port": 9000, "host": None}, {"YISHI_PORT": "7000", "YISHI_HOST": "::1"}
    )
    assert (settings.port, settings.host) == (9000, "::1")


def test_an_empty_variable_counts_as_unset() -> None:
    """Compose files pass variables through, set or not."""
    assert read_settings({}, {"YISHI_PORT": ""}).port == 8000


def test_servers_for_links_are_json() -> None:
    """ICE servers come as a JSON list."""
    text = '[{"urls": ["turn:t.example:3478"], "username": "u", "credential": "c"}]'
    (server,) = read_settings({}, {"YISHI_ICE_SERVERS": text}).ice_servers
    assert (server.urls, server.username) == (("turn:t.example:3478",), "u")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("YISHI_PORT", "http"),
        ("YISHI_PORT", "65536"),
        ("YISHI_PUBLIC_URL", "yishi.example.cn"),
        ("YISHI_PUBLIC_URL", "https://example.cn/yishi"),
        ("YISHI_SECRET", "short"),
        ("YISHI_ICE_SERVERS", "stun:example"),
        ("YISHI_TIMEZONE", "Asia/Nowhere"),
        ("YISHI_TIMEZONE", "../../etc/passwd"),
        ("YISHI_LOG_LEVEL", "loud"),
        ("YISHI_UDP_ADDRESSES", "eth0"),
        ("YISHI_PUBLIC_ADDRESS", "example.cn"),
        ("YISHI_LIVESTREAM_PART_MS", "250"),
        ("YISHI_LIVESTREAM_PART_MS", "1200"),
    ],
)
def test_a_wrong_value_is_named(name: str, value: str) -> None:
    """The message names the variable and doesn't show a secret."""
    with pytest.raises(SettingsError) as caught:
        read_settings({}, {name: value})
    assert name in str(caught.value)
    assert "short" not in str(caught.value)


@pytest.mark.parametrize(("low", "high"), [("50000", ""), ("", "50000"), ("50001", "50000")])
def test_the_udp_range_needs_both_ends_in_order(low: str, high: str) -> None:
    """Half a range is a mistake, not a wish."""
    with pytest.raises(SettingsError, match="udp_port_min and udp_port_max"):
        read_settings({}, {"YISHI_UDP_PORT_MIN": low, "YISHI_UDP_PORT_MAX": high})


def test_a_misspelt_variable_is_warned_about(caplog: pytest.LogCaptureFixture) -> None:
    """A variable with our prefix that nobody reads is most likely a mistake."""
    read_settings({}, {"YISHI_PROT": "1", "OTHER": "1", "YISHI_NODE": "wheel"})
    assert [record.getMessage() for record in caplog.records] == [
        "YISHI_PROT is no setting of this service"
    ]


def test_a_slash_at_the_end_of_the_public_url_is_dropped() -> None:
    """Links are made by putting a path behind it."""
    settings = read_settings({"public_url": "https://yishi.example.cn/"}, {})
    assert settings.public_url == "https://yishi.example.cn"


def test_the_secret_is_made_once_and_private(tmp_path: Path) -> None:
    """The same secret comes back, only the owner may read it, and it is not a short one."""
    settings = Settings(data=tmp_path / "data")
    first = settings.signing_secret()
    assert settings.signing_secret() == first
    assert len(first) == 64
    assert stat.S_IMODE((tmp_path / "data" / "secret").stat().st_mode) == 0o600


def test_many_who_make_the_secret_at_once_agree(tmp_path: Path) -> None:
    """`yishi new` beside a starting service must not sign with a secret that is then replaced."""
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(kept_secret, [tmp_path / "secret"] * 32))
    assert len(made) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["secret"]


def test_every_setting_is_described() -> None:
    """`yishi serve --help` shows all of them."""
    for name, field in Settings.model_fields.items():
        assert field.description, name
        assert variable(name) == f"YISHI_{name.upper()}"


def test_the_word_list_is_read_from_its_file(tmp_path: Path) -> None:
    """It adds to the usual one; a file that is none is a wrong setting."""
    path = tmp_path / "words.txt"
    path.write_text("黑物业\n", "utf-8")
    words = Settings(word_list=path).read_words()
    assert words.hit("这个黑 物业") is not None
    assert words.hit("傻逼") is not None
    assert Settings().read_words().hit("这个黑 物业") is None
    path.write_text("！！\n", "utf-8")
    with pytest.raises(SettingsError, match="YISHI_WORD_LIST: line 1"):
        Settings(word_list=path).read_words()
    with pytest.raises(SettingsError, match="YISHI_WORD_LIST"):
        Settings(word_list=tmp_path / "missing.txt").read_words()


def test_the_relay_needs_its_secret_and_addresses_that_are_a_relays() -> None:
    """And clients are told of it with credentials."""
    environment = {
        "YISHI_TURN_URLS": "turn:t.example:3478, turns:t.example:443?transport=tcp",
        "YISHI_TURN_SECRET": "0123456789abcdef0123456789abcdef",
    }
    (server,) = read_settings({}, environment).servers_for_clients().of("li", 0)
    assert server.urls == ("turn:t.example:3478", "turns:t.example:443?transport=tcp")
    assert server.username.endswith(":li")
    for wrong in (
        {"YISHI_TURN_SECRET": ""},
        {"YISHI_TURN_SECRET": "short"},
        {"YISHI_TURN_URLS": ""},
        {"YISHI_TURN_URLS": "stun:t.example"},
        {"YISHI_TURN_URLS": "turn:t.example?transport=sctp"},
    ):
        with pytest.raises(SettingsError):
            read_settings({}, environment | wrong)


@pytest.mark.parametrize(("seconds", "fits"), [("0", True), ("10", True), ("10.1", False)])
def test_late_ballots_are_waited_for_ten_seconds_at_most(seconds: str, *, fits: bool) -> None:
    """`GRACE_MAX_MS`: what the record takes."""
    if fits:
        assert read_settings({}, {"YISHI_STREAM_GRACE_S": seconds}).stream_grace_s == float(seconds)
    else:
        with pytest.raises(SettingsError, match="YISHI_STREAM_GRACE_S"):
            read_settings({}, {"YISHI_STREAM_GRACE_S": seconds})
