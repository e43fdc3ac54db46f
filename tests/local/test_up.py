"""The local commands, and the folder with the system's state."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from local import __main__ as commands
from local import state_folder, up
from local.state_folder import StateFolder, UpError, write_whole


def test_state_is_kept_and_locked_against_a_second_system(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    state.note(port=4711)
    with pytest.raises(UpError, match="in use by another system"):
        StateFolder(tmp_path)
    close(state)
    assert StateFolder(tmp_path)["port"] == 4711


def close(state: StateFolder) -> None:
    """Release a folder, as the end of its process does."""
    state._lock.close()
    state.emulator_lock.close()


def test_the_emulator_of_a_killed_system_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = StateFolder(tmp_path)
    state.note(emulator=4712)
    held = state.emulator_lock.fileno()
    orphan = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, pass_fds=[held])
    close(state)
    with monkeypatch.context() as patch:
        patch.setattr(state_folder, "ORPHAN_TIMEOUT_S", 0.1)
        with pytest.raises(UpError, match=r"emulator of a killed system .* process, 4712"):
            StateFolder(tmp_path)
    monkeypatch.setattr(time, "sleep", lambda _: orphan.communicate(b"\n"))  # it ends during the first wait
    StateFolder(tmp_path)


def test_wipe_deletes_only_files_of_the_system(tmp_path: Path) -> None:
    state = StateFolder(tmp_path)
    state.note(port=4711)
    for name in ("resources.jsonl", "mailbox.jsonl", "outputs.json", "holiday.jpg"):
        (tmp_path / name).touch()
    (tmp_path / "emulator" / "saves").mkdir(parents=True)
    state.wipe()
    assert state["port"] is None
    assert sorted(file.name for file in tmp_path.iterdir()) == ["emulator.lock", "holiday.jpg", "lock"]


def test_existing_state_is_closed_to_other_users(tmp_path: Path) -> None:
    state, outside, saves = tmp_path / "state", tmp_path / "outside.txt", "emulator/saves/generation-1"
    folders = [state, state / "emulator", state / "emulator/saves", state / saves]
    files = [state / name for name in ("outputs.json", "lock", f"{saves}/sqs.json")]
    others = [outside, state / "holiday.jpg"]
    folders[-1].mkdir(parents=True)
    for file in (*files, *others):
        file.touch(0o644)
    for folder in folders:
        folder.chmod(0o755)
    (state / "emulator" / "link").symlink_to(outside)
    StateFolder(state)
    assert [path.stat().st_mode & 0o777 for path in folders] == [0o700] * len(folders)
    assert [path.stat().st_mode & 0o777 for path in files] == [0o600] * len(files)
    assert [path.stat().st_mode & 0o777 for path in others] == [0o644] * len(others)


def test_a_file_that_a_dying_emulator_deletes_meanwhile_is_no_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    saves = tmp_path / "emulator" / "saves"
    saves.mkdir(parents=True)
    (saves / "sqs.json").touch(0o644)
    listed: list[tuple[str, list[str], list[str]]] = [(str(saves), [], ["sns.json.tmp", "sqs.json"])]
    monkeypatch.setattr(os, "walk", lambda path: listed if path.name == "emulator" else [])
    StateFolder(tmp_path)
    assert (saves / "sqs.json").stat().st_mode & 0o777 == 0o600


def test_a_folder_that_other_users_write_to_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o1777)  # as /tmp
    with pytest.raises(UpError, match="is shared with other users"):
        StateFolder(tmp_path)
    assert tmp_path.stat().st_mode & 0o7777 == 0o1777


def test_file_is_replaced_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "outputs.json"
    write_whole(file, "one")

    def fails(*_: object) -> None:
        raise OSError("disk full")

    monkeypatch.setattr(Path, "replace", fails)
    with pytest.raises(OSError, match="disk full"):
        write_whole(file, "two")
    assert file.read_text() == "one"


@pytest.mark.parametrize(("argv", "status"), [([], 2), (["sideways"], 2), (["--help"], 0)])
def test_missing_or_unknown_command_prints_the_known_commands(
    argv: list[str], status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert commands.main(argv) == status
    said = capsys.readouterr().out
    assert all(name in said for name in ("up", "load", "logs"))


def test_aws_account_of_the_shell_is_ignored_by_the_local_system(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "environ", {"AWS_PROFILE": "production", "PULUMI_CONFIG": "{}", "PATH": "/bin"})
    commands._forget_other_accounts("load")
    assert "AWS_PROFILE" in os.environ
    commands._forget_other_accounts("up")
    assert set(os.environ) == {
        "AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE", "PATH", "PULUMI_ERROR_OUTPUT_STRING"
    }  # fmt: skip
    assert os.environ["AWS_CONFIG_FILE"] == os.devnull


def test_the_shop_has_the_second_port_after_the_site_or_the_one_it_had(tmp_path: Path) -> None:
    """Links to the shop stay valid at the next start. Another program may have the usual port."""
    state = StateFolder(tmp_path)
    first = up._open_shop_proxy(state, 0xFFFF - 1)  # there is no such port
    first.stop()
    state.note(shopPort=first.port)
    again = up._open_shop_proxy(state, 1)
    try:
        assert again.port == first.port
        other = up._open_shop_proxy(state, first.port - 2)  # taken, like the port that it had
        assert other.port not in (0, first.port)
        other.stop()
        state.note(shopPort=None)
        second = up._open_shop_proxy(state, other.port - 2)
        assert second.port == other.port
        second.stop()
    finally:
        again.stop()
