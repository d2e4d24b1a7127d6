from __future__ import annotations

import configparser
import os
import subprocess
import sys
import time
from pathlib import Path

from benchmarks.memory import Peak, Watch, descendants, highest, kilobytes, role_of
from benchmarks.ours import Ours, driving, folders
from benchmarks.stock import IMPORT, nox_project, runners, tox_project

PAIRS = [("1.2.0", "0.5.1"), ("1.6.5", "0.9.3")]


def test_a_noxfile_is_python_and_names_every_pair() -> None:
    text = nox_project(PAIRS, ["script.py", "{pair}"], install=["more"])
    compile(text, "noxfile.py", "exec")
    assert str(PAIRS) in text
    assert "'more'" in text


def test_a_tox_project_has_an_environment_a_pair() -> None:
    project = configparser.ConfigParser()
    project.read_string(tox_project(PAIRS, IMPORT))
    assert project["tox"]["env_list"] == "c1_2_0-a0_5_1, c1_6_5-a0_9_3"
    assert "openai-agents==0.9.3" in project["testenv:c1_6_5-a0_9_3"]["deps"]
    assert project["testenv"]["commands"] == 'python -c "import chatkit.agents"'


def test_nox_lists_a_session_a_pair(tmp_path: Path) -> None:
    runner = runners(tmp_path, PAIRS)[0]
    listed = subprocess.run([*runner.fresh, "-l"], capture_output=True, text=True, check=True)
    assert listed.stdout.count("* cell") == 2


def test_to_forget_leaves_what_the_index_said(tmp_path: Path) -> None:
    ours = Ours(tmp_path)
    for name in ("index", "layers/one", "layers/.half", "stacks/one", "resolved"):
        (ours.cache / name).mkdir(parents=True)
    assert ours.made() == "0 environments, 1 stacks, 1 layers"
    ours.forget("layers")
    assert sorted(each.name for each in ours.cache.iterdir()) == ["index", "layers"]
    ours.forget()
    assert folders(ours.cache) == 1


def test_each_run_has_a_folder_of_its_own(tmp_path: Path) -> None:
    ours = Ours(tmp_path)
    first, second = ours.sweep(*driving(["a"], "today")), ours.sweep()
    assert first[-1] != second[-1]
    assert first[4:6] == ["--scenario", "a"]


def test_all_below_a_process_belong_to_it() -> None:
    assert sorted(descendants(2, {2: 1, 3: 2, 4: 3, 5: 1})) == [2, 3, 4]


def test_the_highest_of_each_role_is_told() -> None:
    held = [
        Peak(pid=1, role="cell or node", resident=90, share=70),
        Peak(pid=2, role="cell or node", resident=120, share=20),
    ]
    assert highest(held) == [Peak(pid=2, role="cell or node", resident=120, share=70)]
    assert role_of("/env/bin/python -I chatkit_harness/incell/run_cell.py --node") == "cell or node"
    assert kilobytes("Name:\tx\nVmHWM:\t 2048 kB\n", "VmHWM") == 2.0


def test_the_memory_of_a_child_is_seen() -> None:
    code = "import time; held = bytearray(40_000_000); time.sleep(30)"
    with subprocess.Popen([sys.executable, "-c", code]) as child:
        with Watch(os.getpid(), every_s=0.02) as watch:
            deadline = time.monotonic() + 20
            while time.monotonic() < deadline and not _holds(watch, child.pid, 40):
                time.sleep(0.02)
        child.kill()
    assert _holds(watch, child.pid, 40)


def _holds(watch: Watch, pid: int, megabytes: float) -> bool:
    return any(each.pid == pid and each.resident > megabytes for each in watch.peaks)
