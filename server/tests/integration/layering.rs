//! Who may know whom. Cargo enforces the edges that exist; this test says which may exist.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The root of the workspace.
fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_owned()
}

/// The dependencies that a package's manifest names, dev-dependencies left out.
fn dependencies(folder: &str) -> Vec<String> {
    let text = fs::read_to_string(root().join(folder).join("Cargo.toml")).unwrap();
    let manifest: toml::Table = text.parse().unwrap();
    manifest.get("dependencies").and_then(toml::Value::as_table).map_or_else(Vec::new, |t| t.keys().cloned().collect())
}

/// All Rust files below a folder, with their text.
fn sources(folder: &str) -> Vec<(PathBuf, String)> {
    fn walk(folder: &Path, found: &mut Vec<(PathBuf, String)>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                walk(&path, found);
            } else if path.extension().is_some_and(|ending| ending == "rs") {
                found.push((path.clone(), fs::read_to_string(&path).unwrap()));
            }
        }
    }
    let mut found = Vec::new();
    walk(&root().join(folder), &mut found);
    found
}

#[test]
fn packages_know_only_whom_the_map_allows() {
    let ours = ["types", "engine", "store", "platforms", "app", "frontend", "server", "migrations"];
    let allowed: BTreeMap<&str, (&str, &[&str])> = [
        ("types", ("app/types", [].as_slice())),
        ("engine", ("server/engine", &["types"])),
        ("store", ("server/store", &["types", "migrations"])),
        ("platforms", ("server/platforms", &["types"])),
        ("app", ("app", &["types"])),
        ("frontend", ("frontend", &["app"])),
        ("migrations", ("migrations", &[])),
        ("server", ("server", &["types", "engine", "store", "platforms", "app", "migrations"])),
    ]
    .into();
    for (package, (folder, may_use)) in allowed {
        for used in dependencies(folder).iter().filter(|used| ours.contains(&used.as_str())) {
            assert!(may_use.contains(&used.as_str()), "{package} must not use {used}: see ARCHITECTURE.md");
        }
    }
}

#[test]
fn each_outside_crate_has_its_home() {
    let homes: [(&str, &[&str]); 6] = [
        ("boa_engine", &["server/engine"]),
        ("sea-orm", &["server/store"]),
        ("sea-orm-migration", &["migrations"]),
        ("reqwest", &["server/platforms"]),
        ("axum", &["app", "server"]),
        ("leptos", &["app", "frontend", "server"]),
    ];
    let packages =
        ["app/types", "server/engine", "server/store", "server/platforms", "app", "frontend", "server", "migrations"];
    for (outside, homes) in homes {
        for package in packages.iter().filter(|package| !homes.contains(package)) {
            assert!(
                !dependencies(package).iter().any(|used| used == outside),
                "{outside} does not belong in {package}"
            );
        }
    }
}

#[test]
fn the_words_and_the_engine_have_no_clock_no_chance_and_no_files() {
    let forbidden = [
        "SystemTime::now",
        "Instant::now",
        "OffsetDateTime::now",
        "std::fs",
        "std::net",
        "std::process",
        "rand::",
        "async fn",
    ];
    for folder in ["app/types/src", "server/engine/src"] {
        for (path, text) in sources(folder) {
            // A test module may read its own fixtures.
            let code = text.split("#[cfg(test)]").next().unwrap_or_default();
            for word in forbidden {
                let used = code.lines().any(|line| !line.trim_start().starts_with("//") && line.contains(word));
                assert!(!used, "{} uses {word}", path.display());
            }
        }
    }
}

#[test]
fn inside_the_server_nothing_calls_upstream() {
    // Each module with those that stand above it in the flow.
    let flow: [(&str, &[&str]); 4] = [
        ("pipeline", &["web", "views", "boot", "cli"]),
        ("jobs", &["web", "views", "boot", "cli"]),
        ("workers", &["web", "views", "pipeline", "jobs", "boot"]),
        ("live", &["web", "views", "pipeline", "jobs", "boot", "cli"]),
    ];
    for (module, above) in flow {
        let files = sources("server/src");
        let own = |path: &Path| {
            path.components()
                .any(|part| part.as_os_str() == module || part.as_os_str() == format!("{module}.rs").as_str())
        };
        for (path, text) in files.iter().filter(|(path, _)| {
            own(path) && !path.components().any(|part| above.iter().any(|up| part.as_os_str() == *up))
        }) {
            for up in above {
                assert!(!text.contains(&format!("crate::{up}")), "{} calls upstream into {up}", path.display());
            }
        }
    }
}
