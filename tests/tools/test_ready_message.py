"""The commands that `make run` prints fit the addresses that it serves on."""

import json
import shlex

from tools.listening import SETTING, addresses
from tools.ready_message import commands


def test_the_usual_addresses_go_without_saying() -> None:
    printed = commands(*addresses({}))
    assert ".venv/bin/dialplane route 74957777777 --tier CLI --explain" in printed
    assert ".venv/bin/dialplane doctor" in printed


def test_other_addresses_are_part_of_the_commands() -> None:
    printed = commands(*addresses({SETTING: "0.0.0.0:6000"}))
    assert all("127.0.0.1:600" in command for command in printed)
    assert ".venv/bin/dialplane doctor --admin-target 127.0.0.1:6001" in printed


def test_the_commands_survive_a_shell() -> None:
    for command in commands(*addresses({})):
        words = shlex.split(command)
        assert words[0].startswith(".venv/bin/")
        if "--data" in words:
            assert json.loads(words[words.index("--data") + 1])["attempt"] == 1
