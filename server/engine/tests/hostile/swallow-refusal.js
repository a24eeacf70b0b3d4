// expect: bad-argument in anywhere
function check() { try { ask("nobody I know", {}) } catch { return PASSED } return PASSED }
