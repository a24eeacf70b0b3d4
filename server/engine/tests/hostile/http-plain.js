// expect: bad-argument in anywhere
function check() { http.get("http://example.org/") }
