"""The lock files: every package that an install brings, for all platforms and Pythons, with its hashes."""

import re
import shutil
import subprocess
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from console import Refusal, say
from environment import Environment
from installer import installer_for, make

HEAD = "# Written by: python3 packaging/dev.py lock\n"
OLDEST_PYTHON = "3.11"
EDITABLE = "editables>=0.5"  # what hatchling asks for besides, for an install that points into the checkout
LINE = re.compile(
    r"[a-z0-9][a-z0-9.-]*==[a-z0-9.+!]+( ; [\w .<>=!'()]+)?( \\)?|    --hash=sha256:[0-9a-f]{64}( \\)?|"
)


def write_locks(environment: Environment, *, upgrade: bool) -> None:
    """Write the lock files anew; versions in them stay unless `upgrade`. Raises Refusal."""
    more = ["--upgrade"] if upgrade else []
    run, dev = environment.lock("run"), environment.lock("dev")
    with locker(environment) as uv:
        compile_lock(uv, environment.root, run, more)
        compile_lock(uv, environment.root, dev, ["--extra", "dev", "--constraints", str(run), *more])


def compile_lock(uv: Path, root: Path, lock: Path, more: Sequence[str]) -> None:
    """Write one lock file: what pyproject.toml asks for, and what builds the project. Raises Refusal."""
    project = tomllib.loads((root / "pyproject.toml").read_text("utf-8"))
    requirements = "\n".join([*project["build-system"]["requires"], EDITABLE])
    command: list[str | Path] = [uv, "--quiet", "--no-config", "pip", "compile", "pyproject.toml", "-", *more]
    command += ["--universal", "--python-version", OLDEST_PYTHON]
    command += ["--generate-hashes", "--no-annotate", "--no-header"]
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / lock.name
        if lock.exists():
            shutil.copyfile(lock, output)
        command += ["--output-file", output]
        done = subprocess.run(
            command, cwd=root, input=requirements, text=True, stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode:
            raise Refusal("uv could not find versions that fit together (see above).")
        text = HEAD + output.read_text("utf-8")
    if foreign_lines(text):
        raise Refusal(f"uv wrote lines that do not belong into a lock file: {foreign_lines(text)}")
    lock.parent.mkdir(exist_ok=True)
    lock.write_text(text, "utf-8", newline="\n")
    count = sum(line[:1].isalnum() for line in text.splitlines())
    say(f"Wrote {lock.relative_to(root)}: {count} packages.")


def foreign_lines(text: str) -> list[str]:
    """Lines that are neither a pinned package nor a hash: addresses, paths, options."""
    return [line for line in text.removeprefix(HEAD).splitlines() if not LINE.fullmatch(line)]


@contextmanager
def locker(environment: Environment) -> Iterator[Path]:
    """A uv: the user's, the environment's, or one that is gone afterwards. Raises Refusal."""
    found = shutil.which("uv") or shutil.which(str(environment.program("uv")))
    if found:
        yield Path(found)
        return
    with tempfile.TemporaryDirectory() as folder:
        elsewhere = Environment(Path(folder))
        make(elsewhere.folder)
        say("Installing uv for this once …")
        if not installer_for(elsewhere.python).install("uv"):
            raise Refusal("Could not install uv (see above).")
        yield elsewhere.program("uv")
