import os
import subprocess
import sys

from tracker import processes

TELL = "import sys; from tracker import processes; print(processes.new_name(), flush=True); sys.stdin.read()"


def start():
    made = subprocess.Popen([sys.executable, "-c", TELL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    return made, made.stdout.readline().strip()


def test_no_two_names_are_the_same_and_this_process_lives():
    assert processes.new_name() != processes.new_name()
    assert not processes.is_dead(processes.new_name())


def test_another_process_lives_until_it_ends():
    other, name = start()
    assert not processes.is_dead(name)
    other.kill()
    while os.waitid(os.P_PID, other.pid, os.WEXITED | os.WNOWAIT) is None:
        pass
    assert processes.is_dead(name), "it waits to be buried, and does nothing any more"
    other.communicate()
    assert processes.is_dead(name)


def test_a_later_process_with_the_same_number_is_another_one():
    host, pid, birth, token = processes.new_name().rsplit(":", 3)
    space, _, started = birth.rpartition("-")
    assert processes.is_dead(f"{host}:{pid}:{space}-{int(started) - 1}:{token}")


def test_what_can_not_be_known_from_here_counts_as_alive():
    host, pid, birth, token = processes.new_name().rsplit(":", 3)
    for name in (
        f"another-machine:{pid}:{birth}:{token}",
        f"{host}:999999:4026530000.12345678-1:{token}",  # another container on a machine of the same name
        f"{host}:{pid}:-:{token}",
        f"{host}:12",
        "somebody",
        "",
    ):
        assert not processes.is_dead(name), name
