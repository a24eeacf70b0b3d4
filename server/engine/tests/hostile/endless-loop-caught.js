// expect: fuel in anywhere
function check() { try { while (true) {} } catch { return PASSED } finally { log("caught") } }
