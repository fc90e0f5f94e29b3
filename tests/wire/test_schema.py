"""The schema from which the client's types are generated."""

from __future__ import annotations

import json
import subprocess
import sys

from signaling.wire.codes import CloseCode
from signaling.wire.schema import wire_schema


def test_every_frame_and_command_is_told_apart_by_its_type() -> None:
    """Each alternative of the three unions has a constant and required `type`."""
    schema = wire_schema()
    for union in ("ClientFrame", "ServerFrame", "Command"):
        alternatives = schema["$defs"][union]["oneOf"]
        names = [one["$ref"].removeprefix("#/$defs/") for one in alternatives]
        kinds = [schema["$defs"][name]["properties"]["type"]["const"] for name in names]
        assert len(set(kinds)) == len(kinds) > 1
        assert all("type" in schema["$defs"][name]["required"] for name in names)


def test_what_is_defaulted_is_required_on_the_wire() -> None:
    """TypeScript sees no optional field in frames, only nullable ones."""
    defs = wire_schema()["$defs"]
    optional = {
        name
        for name, one in defs.items()
        if one.get("type") == "object" and set(one["properties"]) != set(one.get("required", ()))
    }
    assert optional == {"Sections"}


def test_a_section_is_absent_or_whole_never_null() -> None:
    """An update leaves out what did not change."""
    sections = wire_schema()["$defs"]["Sections"]
    assert "required" not in sections
    assert all(set(one) == {"$ref"} for one in sections["properties"].values())


def test_close_codes_have_names_beside_their_numbers() -> None:
    """TypeScript gets an enumeration of the close codes."""
    codes = wire_schema()["$defs"]["CloseCode"]
    assert dict(zip(codes["tsEnumNames"], codes["enum"], strict=True)) == {
        code.name: code.value for code in CloseCode
    }


def test_the_module_prints_the_schema() -> None:
    """`python -m signaling.wire.schema` is what the client's build calls."""
    printed = subprocess.run(
        [sys.executable, "-m", "signaling.wire.schema"], capture_output=True, check=True, timeout=30
    )
    assert json.loads(printed.stdout) == wire_schema()
