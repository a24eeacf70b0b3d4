// expect: not-allowed in anywhere
function check() { http.get("https://169.254.169.254/latest/meta-data/") }
