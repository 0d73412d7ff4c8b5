# Each command sets up what it needs, once. Without make (Windows): python course/bootstrap.py lab
#
#   make lab EXERCISE=ex02_algorithm_optimization PORT=8890 ARGS=--no-browser
#   make build EXERCISE=ex02_algorithm_optimization FORCE=1
#   make test ARGS="tests/unit -k build"
#   make flakiness EXERCISE=ex02_algorithm_optimization N=20 LOAD=busy
#   make lab PYTHON=/path/to/python3.13         which Python makes the environment

# Any Python that really runs will do to start with (pyenv's shims may be there and fail):
# bootstrap.py looks for one that is new enough, and says so when there is none.
RUN = run() { \
	for python in .venv/bin/python .venv/Scripts/python.exe "$(PYTHON)" \
		python3.13 python3.14 python3.12 python3 python python2; do \
		if "$$python" -c "" >/dev/null 2>&1; then exec "$$python" course/bootstrap.py "$$@"; fi; \
	done; \
	echo "No Python was found: install Python 3.13, then run the same command again." >&2; \
	exit 1; \
}; run

export PYTHON

.PHONY: help lab demo grade formgrader build test calibrate flakiness format

help:  ## show this
	@echo "Commands (each sets up what it needs, once):"
	@sed -n 's/^\([a-z]*\):.*## \(.*\)/  make \1|\2/p' Makefile | awk -F'|' '{printf "%-14s  %s\n", $$1, $$2}'

lab:  ## work on the exercises in JupyterLab, on copies of your own
	@$(RUN) lab $(EXERCISE) $(if $(PORT),--port $(PORT)) $(ARGS)

demo:  ## build, grade the sample class, write feedback and export the grades
	@$(RUN) demo $(ARGS)

grade:  ## grade what lies in submitted/, with feedback and export
	@$(RUN) grade $(ARGS)

formgrader:  ## give the points that wait for a person, in nbgrader's Formgrader
	@$(RUN) formgrader $(if $(PORT),--port $(PORT)) $(ARGS)

build:  ## make the notebooks from the texts in source/
	@$(RUN) build $(EXERCISE) $(if $(FORCE),--force) $(ARGS)

test:  ## run all tests, the worked notebooks too
	@$(RUN) test $(ARGS)

calibrate:  ## measure how far each threshold is from the answers on either side of it
	@$(RUN) calibrate $(EXERCISE) $(if $(N),-n $(N)) $(ARGS)

flakiness:  ## count wrong verdicts of checks run again and again, idle and busy
	@$(RUN) flakiness $(EXERCISE) $(if $(N),-n $(N)) $(if $(LOAD),--load $(LOAD)) $(ARGS)

format:  ## format and lint the code and the exercises' texts
	@$(RUN) format $(ARGS)
