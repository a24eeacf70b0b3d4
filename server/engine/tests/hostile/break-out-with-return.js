// expect: syntax in anywhere
return [() => true, undefined, () => "PASSED"]
