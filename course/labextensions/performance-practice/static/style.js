// Loaded by JupyterLab when `make lab` starts it. nbgrader's Validate button answers with the whole
// source of each check that failed, and only below it with what the check found. Here the source is
// a few lines high and can be scrolled, and long lines of the answer are broken.
const CSS = `
  #validation-message.validation-failed > .jp-RenderedText:nth-child(3n + 2) {
    flex-shrink: 0;
    max-height: 5.2em;
    overflow: auto;
    opacity: 0.75;
  }
  #validation-message pre { white-space: pre-wrap; }
`;

window._JUPYTERLAB ??= {};
window._JUPYTERLAB["performance-practice"] = {
  init() {},
  async get() {
    document.head.append(Object.assign(document.createElement("style"), { textContent: CSS }));
    const plugin = { id: "performance-practice:style", autoStart: true, activate() {} };
    return () => ({ __esModule: true, default: plugin });
  },
};
