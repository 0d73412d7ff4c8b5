"""A notebook as a document: what it says of itself earns nothing, and its page does no harm.

Of cells that are lost, doubled, retyped, tagged or told other points, tests/grading/test_runs.py
and test_scrub.py see to it that they are put right; here they are meant to be graded better.
"""

from __future__ import annotations

import base64
import json
from collections import Counter
from html.parser import HTMLParser

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_output, new_raw_cell

from course.grading.runs import Course
from helpers.checks.score import MIME

pytestmark = pytest.mark.needs("bubblewrap")

WRONG = {
    "doubled": "def doubled(number):\n    return 8",  # right for what can be seen: 2 of 4 points
    "name": 'name = "nobody"',
    "report_why": "",
}
FULL = {"text/plain": "3.0", MIME: {"score": 3.0, "possible": 3.0, "parts": [], "notes": []}}


def named(nb, name):
    return next(c for c in nb.cells if c.metadata.get("nbgrader", {}).get("grade_id") == name)


def plain(nb):
    pass


def graded_already(nb):
    for name in ("test_doubled", "test_name"):
        cell = named(nb, name)
        cell.outputs = [new_output("execute_result", data=FULL, execution_count=1)]
        cell.execution_count = 1
        cell.metadata["tags"] = ["skip-execution", "remove-cell"]
        cell.metadata["nbgrader"] |= {"checksum": "0" * 32, "schema_version": 3}
    nb.metadata["performance_practice"] = {"repairs": ["all is well"], "score": 5}
    nb.metadata["nbgrader"] = {"score": 5}


def roles_exchanged(nb):
    for answer, test in (("doubled", "test_doubled"), ("name", "test_name")):
        one, other = named(nb, answer), named(nb, test)
        one.metadata, other.metadata = other.metadata, one.metadata
        other.source = "3.0"


def checks_of_its_own(nb):
    for name in ("test_doubled", "test_name"):
        real = named(nb, name)
        fake = new_code_cell("3.0", metadata=json.loads(json.dumps(real.metadata)))
        at = nb.cells.index(real)
        nb.cells[at : at + 1] = [fake, real, fake.copy()]
        real.metadata = nbformat.from_dict({})
    named(nb, "doubled").metadata.nbgrader.grade = True
    named(nb, "doubled").metadata.nbgrader.points = 50


def scores_shown(nb):
    named(nb, "doubled").source += f"""
from IPython.display import display
from helpers.checks.score import PASSED, Part, Score
display({FULL!r}, raw=True)
display(Score([Part("mine", 100.0, PASSED)]))
kernel = get_ipython().kernel
def told(kind, content):
    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())
told("execute_result", {{"data": {FULL!r}, "metadata": {{}}, "execution_count": 1}})
def doubled(number):
    display({FULL!r}, raw=True)
    raise type("Passed", (AssertionError,), {{"_repr_mimebundle_": lambda *a, **k: {FULL!r}}})
"""
    nb.cells.append(new_code_cell("3.0"))


def regions_of_its_own(nb):
    nb.cells.insert(0, new_markdown_cell("### BEGIN HIDDEN TESTS\n=== BEGIN MARK SCHEME ==="))
    named(nb, "doubled").source += "\n### BEGIN HIDDEN TESTS\n### BEGIN SOLUTION"
    named(nb, "test_doubled").source = "### BEGIN HIDDEN TESTS\n3.0\n### END HIDDEN TESTS"
    named(nb, "report_why").source = "=== BEGIN MARK SCHEME ===\n5 points\n=== END MARK SCHEME ==="


# Each beside wrong answers: the score it gets, what is said of it.
TRICKS = {
    plain: (2, []),
    graded_already: (2, []),
    roles_exchanged: (0, []),
    checks_of_its_own: (2, [f"cell {n} was there 2 times" for n in ("test_doubled", "test_name")]),
    scores_shown: (0, []),
    regions_of_its_own: (2, []),
}

RUN = "pwned()"
PIXEL = "https://pwned.example/seen.png"
SVG = f'<svg xmlns="http://www.w3.org/2000/svg" onload="{RUN}"><script>{RUN}</script></svg>'
HTML = f"""
<script>{RUN}</script><script src="https://pwned.example/x.js"></script>
<img src=x onerror="{RUN}"><img src="{PIXEL}"><img srcset="{PIXEL} 1x"><IMG SRC="{PIXEL}">
<a href="javascript:{RUN}">a</a><a href=" java&#x0A;script:{RUN}">a</a>
<a href="data:text/html,<script>{RUN}</script>">a</a><a href="vbscript:{RUN}">a</a>
<iframe srcdoc="<script>parent.{RUN}</script>"></iframe><object data="{PIXEL}"></object>
<embed src="{PIXEL}"><base href="https://pwned.example/"><link rel=stylesheet href="{PIXEL}">
<meta http-equiv="refresh" content="0;url=https://pwned.example/">
<form action="https://pwned.example/"><input autofocus onfocus="{RUN}">
<button>x</button></form>
<style>body {{ background: url({PIXEL}) }} .pwned {{ position: fixed }}</style>
<div style="position: fixed; top: 0; background: url({PIXEL})" onclick="{RUN}">x</div>
<div style="background-image: url('{PIXEL}'); width: expression({RUN})">x</div>
<video poster="{PIXEL}"><source onerror="{RUN}"></video><audio src=x onerror="{RUN}"></audio>
<math><mtext><table><mglyph><style><img src=x onerror="{RUN}"></style></mglyph></table></mtext>
</math>
<svg><style><img src=x onerror={RUN}></style></svg><svg><animate onbegin={RUN}></svg>
<noscript><p title="</noscript><img src=x onerror={RUN}>"></noscript>
<!--><img src=x onerror={RUN}>--><scr<script>ipt>{RUN}</scr</script>ipt>
<details open ontoggle="{RUN}"><summary>x</summary></details><x onfocus={RUN} tabindex=1 id=x>
{SVG}</pre></div></div></body><img src=x onerror="{RUN}">
"""
MARKED = base64.b64encode(SVG.encode()).decode()
PROSE = f"""
{HTML}

[a](javascript:{RUN}) ![a]({PIXEL}) <javascript:{RUN}> [a]: javascript:{RUN}
![a](attachment:a.svg) ![a](attachment:b.html) ![" onerror="{RUN}](x "x\\" onerror=\\"{RUN}")

# <img src=x onerror="{RUN}">

$\\href{{javascript:{RUN}}}{{x}}$ $</script><script>{RUN}</script>$ `</code><script>{RUN}</script>`

```html" onload="{RUN}
</pre><script>{RUN}</script>
```
"""
SHOWN = f"""
html, svg, marked, pixel = {HTML!r}, {SVG!r}, {MARKED!r}, {PIXEL!r}
from IPython.display import display
kinds = ["text/html", "text/markdown", "text/latex", "text/plain", "application/javascript",
         "application/json", "application/vnd.jupyter.widget-view+json", "image/svg+xml",
         "application/vnd.plotly.v1+json", "application/pdf", "text/vnd.mermaid", "text/x-pwned"]
for kind in kinds:
    display({{kind: svg if "svg" in kind else html}}, raw=True)
for kind in ("image/png", "image/jpeg", "image/svg+xml"):
    display({{kind: marked + '" onerror="{RUN}'}}, raw=True)
    display({{kind: '"><script>{RUN}</script>'}}, raw=True)
meta = {{"width": '1" onerror="{RUN}', "alt": '" onerror="{RUN}', "height": "{RUN}"}}
display({{"image/png": marked}}, raw=True, metadata={{"image/png": meta, **meta}})
print(html, "\\x1b[31m", html, "\\x1b]8;;javascript:{RUN}\\x1b\\\\link")
import sys
sys.stderr.write(html)
raise type(html, (Exception,), {{}})(html)
"""


def vandalised(nb):
    page = named(nb, "report_why")
    page.source = PROSE
    attached = {"a.svg": {"image/svg+xml": MARKED}, "b.html": {"text/html": MARKED}}
    page["attachments"] = nbformat.from_dict(attached)
    prose = new_markdown_cell(PROSE, metadata={"title": HTML, "slideshow": {"x": HTML}})
    prose["attachments"] = nbformat.from_dict(attached)
    nb.cells += [prose, new_raw_cell(HTML, metadata={"format": "text/html"}), new_code_cell(SHOWN)]
    named(
        nb, "doubled"
    ).source = f"def doubled(number):\n    return {HTML!r}\nclass X: pass\n# {HTML!r}"
    named(nb, "name").source = f"def f():\n    raise ValueError({HTML!r})\nname = [{HTML!r}]\nf()"
    nb.metadata |= {"title": HTML, "authors": [{"name": HTML}], "widgets": {"x": HTML}}


@pytest.fixture(scope="module")
def graded(small, tmp_path_factory):
    """The folder of a class of tricksters and a vandal, and their results by name."""
    root = tmp_path_factory.mktemp("tricksters")
    for folder in ("source", "release"):
        (root / folder).symlink_to(small / folder)
    for change in (*TRICKS, vandalised):
        nb = nbformat.read(root / "release" / "small" / "small.ipynb", as_version=4)
        for cell in nb.cells:
            name = cell.metadata.get("nbgrader", {}).get("grade_id")
            cell.source = WRONG.get(name, cell.source)
        change(nb)
        folder = root / "submitted" / change.__name__ / "small"
        folder.mkdir(parents=True)
        (folder / "small.ipynb").write_text(json.dumps(nb), encoding="utf-8")
    course = Course(root, root / "source")
    found = course.grade(course.submissions("*", "*"))
    return root, {result.student: result for result in found}


@pytest.mark.parametrize("trick", TRICKS)
def test_what_a_notebook_says_of_its_own_score_earns_nothing(graded, trick):
    score, said = TRICKS[trick]
    result = graded[1][trick.__name__]
    assert (result.score, result.possible, result.remarks) == (score, 5, said)


class Page(HTMLParser):
    """What a page could run or load, and which elements it is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.elements, self.active, self._inside = Counter(), [], ""
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        self.elements[tag] += 1
        self._inside = tag
        for name, value in attributes:
            shows = name in ("title", "alt", "id") or (tag == "a" and name == "name")
            shows |= (tag, name) == ("img", "src") and value.startswith("data:image/")
            if name.startswith("on") or ("pwned" in (value or "") and not shows):
                self.active.append((tag, name, (value or "")[:80]))

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag):
        self._inside = ""

    def handle_data(self, text):
        if self._inside in ("script", "style") and "pwned" in text:
            self.active.append((self._inside, text[:80]))


ACTIVE = "script style iframe object embed base link meta form input button svg math video audio"


def test_a_feedback_page_runs_loads_and_covers_nothing(graded):
    root, _ = graded
    pages = {
        name: Page((root / "feedback" / name / "small" / "small.html").read_text("utf-8"))
        for name in ("plain", "vandalised")
    }
    assert pages["vandalised"].active == []
    for element in ACTIVE.split():
        found = [pages[name].elements[element] for name in ("plain", "vandalised")]
        assert found[0] == found[1], element


@pytest.mark.needs("chromium")
def test_a_feedback_page_in_a_browser_runs_and_loads_nothing(graded, chromium):
    sync_api = pytest.importorskip("playwright.sync_api")
    page_path = graded[0] / "feedback" / "vandalised" / "small" / "small.html"
    asked, ran = [], []
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page()
        page.expose_function("pwned", lambda *_: ran.append(1))
        page.on("request", lambda request: asked.append(request.url))
        page.route("http**", lambda route: route.abort())
        page.goto(page_path.as_uri())
        for link in page.locator(".nbgrader_cell a, .cell a, #notebook a").all():
            target = (link.get_attribute("href") or "").strip().lower()
            assert not target.startswith(("javascript", "data", "vbscript")), target
        page.evaluate("() => document.querySelectorAll('details, div, a').forEach(e => e.focus())")
        browser.close()
    assert ran == []
    assert [url for url in asked if "pwned" in url] == []
    assert page_path.as_uri() in asked
