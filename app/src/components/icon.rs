//! Icons: Lucide's, one symbol each in `icons.svg`, which the shell puts at the end of every page.

use leptos::prelude::*;

/// All symbols.
#[cfg(feature = "ssr")]
pub const SPRITE: &str = include_str!("icons.svg");

/// An icon beside a visible word; without one, name the control it stands in.
pub fn icon(name: &'static str) -> impl IntoView + use<> {
    view! {
        <svg class="icon" aria-hidden="true">
            <use_ href=format!("#i-{name}")></use_>
        </svg>
    }
}

/// An icon that points along the line of reading, and turns with it.
pub fn icon_that_flips(name: &'static str) -> impl IntoView + use<> {
    view! {
        <svg class="icon flips" aria-hidden="true">
            <use_ href=format!("#i-{name}")></use_>
        </svg>
    }
}

/// The mark of Polity.
pub fn logo() -> impl IntoView + use<> {
    view! {
        <svg viewBox="0 0 28 28" fill="currentColor" aria-hidden="true">
            <circle cx="3.6" cy="19" r="2.5"></circle>
            <circle cx="6.6" cy="10.9" r="2.5"></circle>
            <circle cx="14" cy="7.4" r="2.5"></circle>
            <circle cx="21.4" cy="10.9" r="2.5"></circle>
            <circle cx="24.4" cy="19" r="2.5"></circle>
            <circle cx="9.9" cy="18.4" r="2" opacity=".62"></circle>
            <circle cx="14" cy="14.6" r="2" opacity=".62"></circle>
            <circle cx="18.1" cy="18.4" r="2" opacity=".62"></circle>
        </svg>
    }
}

/// The emblem a community chose, where the sprite has it.
pub fn emblem_icon(name: &str) -> impl IntoView + use<> {
    icon(match name {
        "book-open" => "book-open",
        "hash" => "hash",
        "landmark" => "landmark",
        "scale" => "scale",
        "sprout" => "sprout",
        "users" => "users",
        "wrench" => "wrench",
        _ => "hand-heart",
    })
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::SPRITE;

    #[test]
    fn every_icon_a_page_names_is_in_the_sprite() {
        let mut folders = vec![std::path::PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src")];
        let mut n_found = 0;
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    folders.push(path);
                } else if path.extension().is_some_and(|extension| extension == "rs") {
                    let source = std::fs::read_to_string(&path).unwrap();
                    let calls = source.split("icon(\"").chain(source.split("icon_that_flips(\"")).skip(1);
                    for name in calls.filter_map(|rest| rest.split_once("\")").map(|(name, _)| name)) {
                        if name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-') {
                            assert!(SPRITE.contains(&format!("id=\"i-{name}\"")), "{}: {name}", path.display());
                            n_found += 1;
                        }
                    }
                }
            }
        }
        assert!(n_found > 20, "the test found only {n_found} icons; has the function another name?");
    }
}
