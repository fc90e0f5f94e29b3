"""
hatchling build hook: the client into web/static, the Chinese font into media/programme/fonts.

Both come out of web/client by npm; both are packed into the wheel and the sdist. A stamp with the
digest of the client's sources says whether anything must be done, so a second install and an
install from an sdist need no node.

With YISHI_NATIVE=1 a wheel also gets the hot path compiled (`media/native.py`).
"""

from __future__ import annotations

import hashlib
import os
import runpy
import shutil
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FONT_PACKAGE = "@fontsource/noto-sans-sc"
FONT_FILE = "files/noto-sans-sc-chinese-simplified-500-normal.woff2"


class CustomBuildHook(BuildHookInterface[Any]):
    """Runs before hatchling gathers the files."""

    PLUGIN_NAME = "custom"

    @property
    def _client(self) -> Path:
        return Path(self.root, "web", "client")

    @property
    def _static(self) -> Path:
        return Path(self.root, "web", "static")

    @property
    def _font(self) -> Path:
        return Path(self.root, "media", "programme", "fonts", "NotoSansSC-Medium.woff2")

    def dependencies(self) -> list[str]:
        """What the isolated build environment needs: a node, if the machine has none."""
        tool = self._npm_tool()
        return [tool["NODE_REQUIREMENT"]] if self._stale() and tool["system_npm"]() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """
        Build what is missing or old.

        Raises:
            RuntimeError: npm failed, or a file that the wheel must hold is missing.
        """
        if self._stale():
            self._run("ci", "--no-audit", "--no-fund")
            self._run("run", "build")
            self._copy_font()
            (self._static / ".stamp").write_text(self._digest())
        for path in (self._static / "index.html", self._font):
            if not path.is_file():
                raise RuntimeError(f"{path} is missing: the client was not built")
        if os.environ.get("YISHI_NATIVE") == "1" and version == "standard":
            self._compile(build_data)

    def _compile(self, build_data: dict[str, Any]) -> None:
        copy = Path(self.root, "build", "native")
        copy.mkdir(parents=True, exist_ok=True)
        build = runpy.run_path(str(Path(self.root, "media", "native.py")))["build"]
        for made in build(Path(self.root), copy):
            build_data["force_include"][str(copy / made)] = str(made)
        build_data["pure_python"] = False
        build_data["infer_tag"] = True

    def _stale(self) -> bool:
        stamp = self._static / ".stamp"
        if not stamp.is_file() or not self._font.is_file():
            return True
        return stamp.read_text() != self._digest()

    def _digest(self) -> str:
        """One digest of everything that the client is made of."""
        digest = hashlib.sha256()
        for path in sorted(self._client.rglob("*")):
            name = path.relative_to(self._client)
            if path.is_file() and "node_modules" not in name.parts:
                digest.update(f"{name.as_posix()}\n{path.stat().st_size}\n".encode())
                digest.update(path.read_bytes())
        return digest.hexdigest()

    def _npm_tool(self) -> dict[str, Any]:
        return runpy.run_path(str(Path(self.root, "web", "npm.py")))

    def _run(self, *arguments: str) -> None:
        self.app.display_info(f"client: npm {' '.join(arguments)}")
        code = self._npm_tool()["npm"](arguments)
        if code != 0:
            raise RuntimeError(f"npm {' '.join(arguments)} failed with {code}")

    def _copy_font(self) -> None:
        package = self._client / "node_modules" / FONT_PACKAGE
        self._font.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(package / FONT_FILE, self._font)
        shutil.copyfile(package / "LICENSE", self._font.with_name("NotoSansSC-LICENSE.txt"))
