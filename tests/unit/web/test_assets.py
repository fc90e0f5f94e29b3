"""The built client in memory."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from starlette.requests import Request

from web.assets import TOTAL_MAX, Asset, Assets, ClientMissing


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A client of three files."""
    (tmp_path / "assets").mkdir()
    (tmp_path / "index.html").write_text("<!doctype html>" + " " * 2000)
    (tmp_path / "assets" / "index-C0ffee.js").write_text("let a = 1;" * 500)
    (tmp_path / "icon.png").write_bytes(b"\x89PNG" + bytes(3000))
    (tmp_path / ".stamp").write_text("digest")
    return tmp_path


def request(**headers: str) -> Request:
    """A GET with these header fields."""
    fields = [(key.replace("_", "-").encode(), value.encode()) for key, value in headers.items()]
    return Request({"type": "http", "method": "GET", "path": "/", "headers": fields})


def found(assets: Assets, name: str) -> Asset:
    """The asset, which must be there."""
    asset = assets.get(name)
    assert asset is not None
    return asset


def test_without_a_built_client_it_says_what_to_do(tmp_path: Path) -> None:
    """The message names the missing file and the remedy."""
    with pytest.raises(ClientMissing, match=r"index\.html.*make setup"):
        Assets.load(tmp_path)


def test_too_much_is_no_client(folder: Path) -> None:
    """A folder that was pointed at by mistake does not fill the memory."""
    with (folder / "big.bin").open("wb") as file:
        file.truncate(TOTAL_MAX + 1)
    with pytest.raises(ClientMissing):
        Assets.load(folder)


def test_files_with_a_digest_are_kept_for_ever_and_the_page_is_not(folder: Path) -> None:
    """A new version is seen at the next load, and costs only what changed."""
    assets = Assets.load(folder)
    script = found(assets, "assets/index-C0ffee.js").response(request())
    assert "immutable" in script.headers["cache-control"]
    assert assets.index.response(request()).headers["cache-control"] == "no-cache"


def test_an_unchanged_page_is_answered_without_its_body(folder: Path) -> None:
    """If-None-Match with our tag, alone or among others, gives 304."""
    page = Assets.load(folder).index
    answer = page.response(request(if_none_match=f'"other", {page.etag}'))
    assert (answer.status_code, answer.body) == (304, b"")


def test_text_is_compressed_for_those_who_take_it(folder: Path) -> None:
    """Only on request, only text, and it unpacks to the same."""
    assets = Assets.load(folder)
    script = found(assets, "assets/index-C0ffee.js")
    packed = script.response(request(accept_encoding="br, gzip"))
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(bytes(packed.body)) == script.body
    assert len(packed.body) < len(script.body)
    for refused in ("", "br", "gzip;q=0"):
        plain = script.response(request(accept_encoding=refused))
        assert "content-encoding" not in plain.headers
        assert plain.body == script.body
    picture = found(assets, "icon.png").response(request(accept_encoding="gzip"))
    assert "content-encoding" not in picture.headers
    assert picture.media_type == "image/png"


def test_hidden_files_are_not_served(folder: Path) -> None:
    """The build's stamp is nobody's business, and there is no way out of the folder."""
    assets = Assets.load(folder)
    assert assets.get(".stamp") is None
    assert assets.get("../index.html") is None
