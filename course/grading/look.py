"""How feedback pages look beyond nbgrader's own template, and what they say of open points."""

from __future__ import annotations

from nbformat import NotebookNode
from nbgrader import utils
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor

WAITING = "Not read yet: a person gives these points, and the score on top will then include them."

# Bootstrap, which the template is made with, strips tables of space and <summary> of its triangle.
CSS = """
.rendered_html table, .output table { border: none; margin: 4px 0 14px; }
.rendered_html th, .rendered_html td, .output th, .output td {
  border: none; border-bottom: 1px solid #ddd; padding: 3px 10px; text-align: left; }
.output th, .output td { text-align: right; }
.output img { max-width: 100%; }
.output_area { margin-bottom: 14px; }
.anchor-link { visibility: hidden; }
:hover > .anchor-link { visibility: visible; }
summary { display: list-item; cursor: pointer; }
details:last-child { margin-bottom: 14px; }
details > * { margin-left: 1.2em; }
details > summary { margin-left: 0; }
div.nbgrader_cell div.panel-heading a { color: white; text-decoration: underline; }
#toc a[href^="#test_"]::after { content: " " attr(href); }
@media screen {  /* what a check found comes first, how it looked for it can be scrolled */
  .nbgrader_cell:has(.nbgrader-label > code) .input_area { max-height: 10em; overflow: auto; }
}
"""


class Look(NbGraderPreprocessor):
    """Last of the preprocessors of feedback: adds our style, and a comment to each open grade."""

    def preprocess(self, nb: NotebookNode, resources: dict) -> tuple[NotebookNode, dict]:
        """Comment in place, add the style to `resources`."""
        resources["inlining"]["css"].append(CSS)
        course = resources["nbgrader"]
        where = course["notebook"], course["assignment"], course["student"]
        with Gradebook(course["db_url"]) as gradebook:
            for cell in nb.cells:
                if not (utils.is_grade(cell) and utils.is_solution(cell)):
                    continue
                role = cell.metadata.nbgrader
                if gradebook.find_grade(role.grade_id, *where).needs_manual_grade:
                    role.comment = "\n\n".join(filter(None, [role.get("comment"), WAITING]))
        return nb, resources
