"""All that nbgrader needs to know about this course.

Plain ``nbgrader …`` commands, Formgrader, the Validate button and this project's own commands read
it. It works from any folder: every path hangs on the folder this file is in.
"""

import os
import sys
from pathlib import Path

from nbgrader import preprocessors as pp

HERE = Path(__file__).resolve().parent

# `helpers` and `course` must be found here and in the kernels, whatever the working folder is.
if str(HERE) not in sys.path:
    sys.path.insert(0, str(HERE))
_paths = os.environ.get("PYTHONPATH", "").split(os.pathsep)
if str(HERE) not in _paths:
    os.environ["PYTHONPATH"] = os.pathsep.join([str(HERE), *filter(None, _paths)])
# nbgrader calls `alembic` from PATH when it makes its database: it must be this Python's.
_bin = str(Path(sys.executable).parent)
if _bin not in os.environ.get("PATH", "").split(os.pathsep):
    os.environ["PATH"] = os.pathsep.join([_bin, os.environ.get("PATH", "")])

c = get_config()  # noqa: F821  (nbgrader defines it)

c.CourseDirectory.course_id = "python-performance-practice"
c.CourseDirectory.root = str(HERE)
# The gradebook. A cluster with several graders wants PostgreSQL: postgresql://user@host/gradebook
c.CourseDirectory.db_url = os.environ.get(
    "GRADEBOOK_URL", f"sqlite:///{(HERE / 'gradebook.db').as_posix()}"
)
# Files beside a notebook are handed out with it, but never the text: it holds the solutions.
c.CourseDirectory.ignore = [
    ".ipynb_checkpoints",
    "__pycache__",
    "*.py",
    "*.pyc",
    "*.so",
    "*.pyd",
    "feedback",
]

# --- From source/ to release/ -------------------------------------------------------------------
c.ClearSolutions.code_stub = {
    "python": "# YOUR CODE HERE\n"
    'raise NotImplementedError("Replace these two lines with your code, then run this cell.")'
}
c.ClearSolutions.text_stub = "YOUR ANSWER HERE"
# nbgrader expects mark schemes in task cells only; ours stand with the answer they are about. They
# go before the cells are saved, so that an answer left as handed out is known as "no response".
c.ClearMarkScheme.enforce_metadata = False
c.GenerateAssignment.preprocessors = [
    pp.LockCells,
    pp.ClearSolutions,
    pp.ClearMarkScheme,
    pp.ClearOutput,
    pp.CheckCellMetadata,
    pp.ComputeChecksums,
    pp.SaveCells,
    pp.ClearHiddenTests,
    pp.ComputeChecksums,
    pp.CheckCellMetadata,
]

# --- Running notebooks (the Validate button, and nbgrader's own Execute) --------------------------
c.Execute.timeout = 120  # seconds for a cell; a loaded machine needs more than nbgrader's 30
c.Execute.iopub_timeout = 30
c.Execute.startup_timeout = 120

# --- Grading --------------------------------------------------------------------------------------
# A submission is put in shape, then run by the judge, which stands where nbgrader has Execute: the
# learner's cells in a sandbox, the checks outside of it. See docs/grading.md and docs/security.md.
c.Autograde.sanitize_preprocessors = [
    "course.grading.scrub.Scrub",
    pp.ClearOutput,
    pp.OverwriteKernelspec,
    pp.OverwriteCells,
    pp.CheckCellMetadata,
]
c.Autograde.autograde_preprocessors = [
    "course.grading.judge.Judge",
    pp.LimitOutput,
    "course.grading.grades.SaveGrades",
    pp.AssignLatePenalties,
    pp.CheckCellMetadata,
    "course.grading.scrub.ShowSchemes",
]
c.GenerateFeedback.preprocessors = [
    pp.GetGrades,
    "course.grading.scrub.HideTests",
    "nbconvert.preprocessors.CSSHTMLHeaderPreprocessor",
    "course.grading.look.Look",
]

# What learners have written is cleaned before anybody looks at it, here and in Formgrader.
c.HTMLExporter.sanitize_html = True
c.HTMLExporter.filters = {
    "clean_html": "course.grading.pages.clean",
    "strip_files_prefix": "course.grading.pages.clean",
}
# --- The exchange, for a class on JupyterHub -----------------------------------------------------
# Learners fetch and submit from within JupyterLab through a folder that all of them can write to
# (`chmod ugo+rwx`). Name it in the environment of the hub and of its single-user servers:
#     NBGRADER_EXCHANGE=/srv/nbgrader/exchange
# then: nbgrader release_assignment, nbgrader collect, make grade, nbgrader release_feedback.
# Without the variable nothing here uses an exchange.
if os.environ.get("NBGRADER_EXCHANGE"):
    c.Exchange.root = os.environ["NBGRADER_EXCHANGE"]
