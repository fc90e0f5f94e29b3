"""
A coverage-guided fuzzer (atheris, on libFuzzer) over `tests.fuzz.targets`.

    python -m tests.fuzz.guided [--runs N] [TARGET ...]

Each target runs in a process of its own, since libFuzzer ends the one that it runs in. What fails
is left in `.cache/fuzz/`, with the input.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

RUNS: Final = 1_200_000
"""Inputs of a full run, all targets together."""
LENGTH_MAX: Final = 4_096
FOUND: Final = Path(".cache/fuzz")
_READERS: Final = ["media", "signaling"]


def fuzz(name: str, runs: int) -> None:
    """Fuzz one target in this process, which ends with it."""
    import atheris

    with atheris.instrument_imports(include=_READERS):
        from tests.fuzz.targets import TARGETS

    target = TARGETS[name]
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(target.seeds):
            Path(folder, f"seed-{number}").write_bytes(seed)
        options = [
            f"-runs={runs}",
            f"-max_len={LENGTH_MAX}",
            f"-artifact_prefix={FOUND}/{name}-",
            "-print_final_stats=1",
            "-verbosity=0",
        ]
        atheris.Setup([name, *options, folder], target.take)
        atheris.Fuzz()


def main() -> int:
    """Run the targets one after the other; 1 if one failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz.guided", description=__doc__)
    parser.add_argument("--runs", type=int, default=RUNS)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("targets", nargs="*")
    options = parser.parse_args()
    if options.one:
        fuzz(options.targets[0], options.runs)
        return 0
    from tests.fuzz.targets import TARGETS

    FOUND.mkdir(parents=True, exist_ok=True)
    names = options.targets or list(TARGETS)
    failed = []
    for name in names:
        each = str(-(-options.runs // len(names)))
        start = time.monotonic()
        command = [sys.executable, "-m", "tests.fuzz.guided", "--one", "--runs", each, name]
        environment = {**os.environ, "PYTHONPATH": os.curdir}
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        print(f"{name:12} {each} inputs, {time.monotonic() - start:.0f} s", flush=True)
        if done.returncode:
            failed.append(name)
            print(done.stdout[-4_000:] + done.stderr[-4_000:], flush=True)
    print(f"failed: {', '.join(failed)}" if failed else "no failure")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
