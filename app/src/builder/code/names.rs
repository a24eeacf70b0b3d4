//! Names in the generated code.

/// What follows the function names of a rule: `bad-words` becomes `BadWords`, the nameless rule nothing.
#[must_use]
pub fn suffix(rule: &str) -> String {
    let mut suffix = String::new();
    for word in rule.split('-') {
        let mut letters = word.chars();
        suffix.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        suffix.extend(letters);
    }
    suffix
}
