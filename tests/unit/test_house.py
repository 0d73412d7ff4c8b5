"""The set-up, the commands and the files that must agree with one another."""

import ast
import dis
import os
import re
import shutil
import stat
import subprocess
import sys
import tomllib
from pathlib import Path
from types import CodeType

import pytest
import yaml

from course import __main__ as cli
from course import bootstrap
from course import exercise as texts

ROOT = Path(__file__).resolve().parents[2]
CONDA_NAMES = {"msgpack": "msgpack-python", "playwright": "playwright-python"}


def canonical(name):
    return re.sub(r"[-_.]+", "-", name).lower()


def pinned():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    return {canonical(name): v for name, v in re.findall(r"^([\w.-]+)==(\S+)", text, re.MULTILINE)}


def wanted():
    """The packages pyproject.toml asks for, those for testing too."""
    with (ROOT / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    asked = project["dependencies"] + project["optional-dependencies"]["test"]
    return {canonical(re.match(r"[\w.-]+", one)[0]) for one in asked}


def conda():
    """The packages of environment.yml with their versions, by their names in pyproject.toml."""
    document = yaml.safe_load((ROOT / "environment.yml").read_text(encoding="utf-8"))
    names = {conda: pip for pip, conda in CONDA_NAMES.items()}
    specs = dict(
        one.split("=") for one in document["dependencies"] if isinstance(one, str) and "=" in one
    )
    return {canonical(names.get(name, name)): version for name, version in specs.items()}


# --- versions ------------------------------------------------------------------------------------


def test_everything_that_is_asked_for_is_pinned():
    assert wanted() <= set(pinned())


def test_the_lock_has_a_hash_for_every_package_and_names_no_index():
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    for block in re.split(r"\n(?=\S)", text.strip()):
        assert re.match(r"[\w.-]+==", block), block[:80]
        assert "--hash=sha256:" in block
    assert not re.search(r"https?://|index-url|find-links|/(home|root|work|opt|tmp)/", text)


def test_conda_gets_the_same_packages_in_the_same_versions():
    asked = conda()
    assert asked.pop("python") == (ROOT / ".python-version").read_text().strip()
    assert set(asked) == wanted()
    versions = pinned()
    differing = {
        name: (version, versions[name])
        for name, version in asked.items()
        if not f"{versions[name]}.".startswith(f"{version}.")
    }
    assert differing == {}


def test_the_oldest_python_is_said_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    oldest = ".".join(map(str, bootstrap.OLDEST))
    assert project["project"]["requires-python"] == f">={oldest}"
    assert oldest in bootstrap.WANTED
    assert project["tool"]["ruff"]["target-version"] == f"py{oldest.replace('.', '')}"


# --- commands ------------------------------------------------------------------------------------


def test_every_target_of_make_is_a_command_and_the_other_way_round():
    text = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = dict(re.findall(r"^([a-z]+):.*\n\t@\$\(RUN\) (\w+)", text, re.MULTILINE))
    assert targets == {name: name for name in cli.RUN}
    assert all(f"\n  {name} " in f"\n{cli.COMMANDS}" for name in cli.RUN)


@pytest.mark.needs("make")
def test_make_alone_shows_the_commands():
    run = subprocess.run(["make"], cwd=ROOT, capture_output=True, text=True, check=True)
    assert all(f"make {name} " in run.stdout for name in cli.RUN)


def test_a_command_that_is_not_there_is_answered_with_those_that_are(capsys):
    assert cli.main(["biuld"]) == 2
    said = capsys.readouterr().err
    assert "no command 'biuld'" in said
    assert "build [EXERCISE ...]" in said


def test_building_an_unknown_exercise_is_one_line_not_a_traceback(capsys):
    assert cli.main(["build", "ex99"]) == 1
    assert re.fullmatch(r"there is no exercise 'ex99' .*\n", capsys.readouterr().err)


# --- setting up ----------------------------------------------------------------------------------


@pytest.fixture
def fresh(tmp_path, monkeypatch):
    """`bootstrap` on a project of its own that is not set up, in a path with a space."""
    root = tmp_path / "a course"
    root.mkdir()
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, root)
    venv = root / ".venv"
    for name, value in {
        "ROOT": root,
        "VENV": venv,
        "STAMP": venv / "made-from.txt",
        "LOCK": root / "requirements.lock",
        "PYTHON": venv / Path(bootstrap.PYTHON).relative_to(bootstrap.VENV),
    }.items():
        monkeypatch.setattr(bootstrap, name, str(value))
    monkeypatch.delenv("PYTHON", raising=False)
    monkeypatch.chdir(root)
    return root


@pytest.fixture
def set_up(fresh, monkeypatch):
    """`fresh`, set up without pip: a function that sets it up and returns pip's calls."""

    def install():
        calls = []
        monkeypatch.setattr(bootstrap, "pip", lambda *args, **options: calls.append(args))
        monkeypatch.setattr(bootstrap, "has_pip", lambda: True)
        Path(bootstrap.PYTHON).parent.mkdir(parents=True, exist_ok=True)
        if not Path(bootstrap.PYTHON).exists():
            Path(bootstrap.PYTHON).symlink_to(sys.executable)
        bootstrap.install(sys.executable)
        return calls

    return install


def executable(folder, name, body):
    path = folder / name
    path.write_text(f"#!/bin/sh\n{body}\n")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


def test_the_set_up_script_can_be_read_by_old_pythons():
    text = Path(bootstrap.__file__).read_text(encoding="utf-8")
    assert text.isascii(), "Python 2 wants a declaration otherwise"
    tree = ast.parse(text, feature_version=(3, 4))
    kinds = {type(node) for node in ast.walk(tree)}
    assert not kinds & {ast.JoinedStr, ast.NamedExpr, ast.Starred, ast.Nonlocal, ast.AnnAssign}


def runs(python):
    """Whether a Python is there and really starts."""
    path = shutil.which(python)
    return path and subprocess.run([path, "-c", ""], capture_output=True).returncode == 0


OLD = [f"python{version}" for version in ("2.7", "3.6", "3.8", "3.11") if runs(f"python{version}")]


@pytest.mark.parametrize("python", [*OLD, sys.executable])
def test_an_old_python_gets_a_sentence_about_what_to_install(python, tmp_path):
    # A copy, as this course is set up already; for it our own Python is an old one as well.
    (tmp_path / "course").mkdir()
    script = tmp_path / "course" / "bootstrap.py"
    text = Path(bootstrap.__file__).read_text(encoding="utf-8")
    script.write_text(text.replace("OLDEST = (3, 12)", "OLDEST = (99, 0)"), encoding="utf-8")
    for name in ("requirements.lock", "pyproject.toml"):
        shutil.copy(ROOT / name, tmp_path)
    python = shutil.which(python)
    env = os.environ | {"PYTHON": python}
    run = subprocess.run([python, script, "lab"], env=env, capture_output=True, text=True)
    assert run.returncode != 0
    assert re.fullmatch(r"Python 3.12 or newer is needed \(found only [\d.]+\): .*\n", run.stderr)


@pytest.mark.skipif(os.name == "nt", reason="the stand-ins are shell scripts")
def test_a_python_that_is_there_but_does_not_run_is_passed_over(fresh, monkeypatch):
    executable(fresh, "python3.13", "echo 'not installed here' >&2; exit 127")
    executable(fresh, "python3.14", "echo 3 9")
    good = executable(fresh, "python3.12", "echo 3 12")
    monkeypatch.setenv("PATH", str(fresh))
    monkeypatch.setattr(sys, "executable", "")
    assert bootstrap.find_python() == "python3.12"
    Path(good).unlink()
    with pytest.raises(SystemExit, match=r"found only 3\.9\): install Python 3\.13"):
        bootstrap.find_python()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_second_run_installs_nothing(fresh, set_up):
    assert not bootstrap.is_installed()
    calls = set_up()
    assert [call[0] for call in calls] == ["--require-hashes", "--no-deps"]
    assert bootstrap.is_installed()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_an_interrupted_set_up_is_done_again(fresh, set_up, monkeypatch):
    set_up()

    def interrupted(*args, **options):
        raise KeyboardInterrupt

    monkeypatch.setattr(bootstrap, "pip", interrupted)
    with pytest.raises(KeyboardInterrupt):
        bootstrap.install(sys.executable)
    assert not bootstrap.is_installed()


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
@pytest.mark.parametrize(
    ("name", "old", "new", "installed"),
    [
        ("requirements.lock", "numpy==", "numpy==9", False),
        ("pyproject.toml", '"numpy",', '"numpy", "scipy",', False),
        ("pyproject.toml", "line-length = 100", "line-length = 99", True),
    ],
)
def test_other_packages_are_installed_and_other_tool_settings_are_not(
    fresh, set_up, name, old, new, installed
):
    set_up()
    path = fresh / name
    path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert bootstrap.is_installed() is installed


@pytest.mark.skipif(os.name == "nt", reason="links need rights there")
def test_a_course_that_was_moved_is_set_up_anew(fresh, set_up, monkeypatch):
    set_up()
    monkeypatch.setattr(bootstrap, "ROOT", str(fresh.parent / "elsewhere"))
    (fresh.parent / "elsewhere").mkdir()
    shutil.copy(ROOT / "pyproject.toml", fresh.parent / "elsewhere")
    assert not bootstrap.is_installed()


def test_the_readme_leads_to_every_exercise_that_there_is_and_to_no_other():
    linked = re.findall(r"\]\((release/[^)]+)\)", (ROOT / "README.md").read_text(encoding="utf-8"))
    there = {path.relative_to(ROOT).as_posix() for path in ROOT.glob("release/*/*.ipynb")}
    assert set(linked) == there


# --- checks in the notebook around them -----------------------------------------------------------


def gives_and_takes(cell):
    """The names that a cell's code gives a value to, and those whose value it takes from before.

    What its functions take counts, though the cell itself gives it: they are called later, too.
    """
    code = compile(cell, "cell", "exec", ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    gives, takes = set(), set()
    for step in dis.get_instructions(code):
        if step.opname in ("STORE_NAME", "STORE_GLOBAL"):
            gives.add(step.argval)
        elif step.opname == "LOAD_NAME" and step.argval not in gives:
            takes.add(step.argval)
    inside = [(part, False) for part in code.co_consts if isinstance(part, CodeType)]
    for part, later in inside:
        later = later or not part.co_name.startswith("<")  # a lambda is called now
        inside += [(one, later) for one in part.co_consts if isinstance(one, CodeType)]
        steps = dis.get_instructions(part)
        used = {step.argval for step in steps if step.opname in ("LOAD_NAME", "LOAD_GLOBAL")}
        takes |= used if later else used - gives
    return gives, takes


def asked_for(check, before):
    """The names of the notebook that a check asks for; `before`: those given a value above it."""
    calls = [node for node in ast.walk(check) if isinstance(node, ast.Call)]
    passed = {keyword.arg for call in calls for keyword in call.keywords}
    for node in ast.walk(check):
        match node:
            case ast.Attribute(
                value=ast.Name("learner") | ast.Attribute(attr="learner" | "given"), attr=name
            ):
                yield name
            case ast.Call(ast.Attribute(attr="Check" | "value"), args):
                yield from (one.value for one in args if isinstance(one, ast.Constant))
            case ast.FunctionDef(args=parameters, decorator_list=[ast.Attribute(attr="beside")]):
                names = {one.arg for one in (*parameters.args, *parameters.kwonlyargs)}
                yield from names & before - passed


@pytest.mark.parametrize("name", texts.names())
def test_a_check_gives_no_value_to_a_name_that_another_cell_or_a_check_takes(name):
    """In a notebook they share their names: a check must leave them as it has found them."""
    code = [cell for cell in texts.read(name).cells if cell.cell_type == "code"]
    cells = [(cell, ast.parse(cell.source)) for cell in code if not cell.source.startswith("%")]
    checks, others = {}, set()
    given, taken = set(), set()
    for cell, tree in cells:
        if texts.kind(cell) == texts.CHECK:
            checks[texts.grade_id(cell)] = tree
            taken.update(asked_for(tree, before=given))
        else:
            gives, takes = gives_and_takes(tree)
            given |= gives
            taken |= takes
            others |= {ast.dump(statement) for statement in tree.body}
    lost = {}
    for check, tree in checks.items():
        # An import, or a statement of another cell word by word, gives a name the value it has.
        tree.body = [
            statement
            for statement in tree.body
            if not isinstance(statement, (ast.Import, ast.ImportFrom))
            and ast.dump(statement) not in others
        ]
        lost[check] = gives_and_takes(tree)[0] & taken
    assert {check: names for check, names in lost.items() if names} == {}


# --- what is checked elsewhere -------------------------------------------------------------------


def test_the_code_is_formatted_and_lint_free():
    for command in (["format", "--check"], ["check", "--quiet"]):
        run = subprocess.run(
            [sys.executable, "-m", "ruff", *command, "."],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert run.returncode == 0, f"make format puts it right:\n{run.stdout}{run.stderr}"


def test_ci_runs_the_same_tests_on_three_systems_and_with_the_newest_versions():
    assert (ROOT / ".ci" / "run").read_text().rstrip().endswith("make test")
    assert os.name == "nt" or os.access(ROOT / ".ci" / "run", os.X_OK)
    pinned_lane = yaml.safe_load((ROOT / ".github/workflows/test.yml").read_text())
    job = pinned_lane["jobs"]["pinned"]
    assert job["strategy"]["matrix"]["os"] == ["ubuntu-latest", "macos-latest", "windows-latest"]
    assert any(step.get("run") == "python course/bootstrap.py test" for step in job["steps"])
    newest = yaml.safe_load((ROOT / ".github/workflows/newest.yml").read_text())
    assert "schedule" in newest[True]  # YAML reads the key `on` as true
