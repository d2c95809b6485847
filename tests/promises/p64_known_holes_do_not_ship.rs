//! P64: known holes do not ship. What `cargo deny` would say, as far as the tree itself can tell it on every run:
//! versions, forbidden crates, sources and licences.

use std::collections::BTreeSet;
use std::process::Command;

/// Where every locked crate comes from: the registry, never a repository or a path.
const REGISTRY: &str = "registry+";

/// Below these, an advisory is open.
const AT_LEAST: &[(&str, &str, &str)] = &[
    ("ammonia", "4.2.3", "RUSTSEC-2026-0193: SVG and MathML get past the sanitiser"),
    ("time", "0.3.47", "RUSTSEC-2026-0009: a date can exhaust the stack"),
    ("rustls", "0.23.18", "RUSTSEC-2024-0399: a ClientHello can panic"),
    ("ring", "0.17.12", "RUSTSEC-2025-0009: a packet can panic"),
    ("idna", "1.0.3", "RUSTSEC-2024-0421: two domains that look and compare alike"),
    ("tokio", "1.44.2", "RUSTSEC-2025-0023: broadcast clones without a lock"),
    ("rusqlite", "0.26.2", "RUSTSEC-2021-0128: closures that outlive their data"),
    ("html5ever", "0.27.0", "older than what ammonia 4.2 was checked with"),
];

/// Crates that must not be in the tree at all.
const NEVER: &[(&str, &str)] = &[
    ("openssl", "TLS is rustls with ring, nothing else"),
    ("openssl-sys", "TLS is rustls with ring, nothing else"),
    ("native-tls", "TLS is rustls with ring, nothing else"),
    ("aws-lc-rs", "a second crypto library with a C build"),
    ("aws-lc-sys", "a second crypto library with a C build"),
    ("rsa", "RUSTSEC-2023-0071: timing; signing is the relay's work"),
    ("serde_yaml", "unmaintained"),
    ("atty", "RUSTSEC-2021-0145"),
];

const LICENCES: &[&str] = &[
    "MIT",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "ISC",
    "Zlib",
    "0BSD",
    "Unlicense",
    "BSL-1.0",
    "Unicode-3.0",
    "CDLA-Permissive-2.0",
    "MPL-2.0",
];

struct Package {
    name: String,
    version: String,
    source: Option<String>,
}

#[test]
fn p64_no_locked_crate_is_known_to_be_bad() {
    let complaints = complaints(&locked(include_str!("../../Cargo.lock")));
    assert!(complaints.is_empty(), "\n{}\n", complaints.join("\n"));
}

#[test]
fn p64_a_bad_crate_would_be_noticed() {
    let package = |name: &str, version: &str| {
        format!("[[package]]\nname = \"{name}\"\nversion = \"{version}\"\nsource = \"{REGISTRY}https://registry.example.test/index\"\n\n")
    };
    assert_eq!(complaints(&locked(&package("ammonia", "4.2.2"))).len(), 1);
    assert_eq!(complaints(&locked(&package("ammonia", "4.10.0"))).len(), 0);
    assert_eq!(complaints(&locked(&package("openssl-sys", "0.9.1"))).len(), 1);
    assert_eq!(complaints(&locked(&package("serde", "1.0.0").replace(REGISTRY, "git+"))).len(), 1);
    assert!(allowed("MIT OR GPL-3.0") && allowed("(MIT OR Apache-2.0) AND Unicode-3.0") && allowed("MIT/Apache-2.0"));
    assert!(!allowed("GPL-3.0-only") && !allowed("MIT AND GPL-2.0") && !allowed(""));
}

#[test]
fn p64_every_licence_allows_what_we_do() {
    let host = Command::new("rustc").arg("-vV").output().expect("rustc runs where its tests do");
    let host = String::from_utf8(host.stdout).unwrap().lines().find_map(|l| l.strip_prefix("host: ").map(str::to_owned)).unwrap();
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", &host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let used: BTreeSet<&str> = metadata["resolve"]["nodes"].as_array().unwrap().iter().filter_map(|n| n["id"].as_str()).collect();
    let packages = metadata["packages"].as_array().unwrap().iter().filter(|p| used.contains(p["id"].as_str().unwrap()));
    let refused: Vec<String> =
        packages.filter(|p| !allowed(p["license"].as_str().unwrap_or_default())).map(|p| format!("{} {}: {}", p["name"], p["version"], p["license"])).collect();
    assert!(used.len() > 100 && refused.is_empty(), "{} packages; refused:\n{}", used.len(), refused.join("\n"));
}

#[test]
fn p64_cargo_deny_is_told_the_same() {
    let told = include_str!("../../deny.toml");
    let (bans, licences) = told.split_once("[licenses]").expect("deny.toml opens its licences with [licenses]");
    let banned: BTreeSet<&str> = between(bans, "{ crate = \"").collect();
    assert_eq!(banned, NEVER.iter().map(|(name, _)| *name).collect());
    let list = licences.split_once("allow = [").and_then(|(_, rest)| rest.split_once(']')).expect("a list of licences").0;
    assert_eq!(list.split('"').skip(1).step_by(2).collect::<BTreeSet<_>>(), LICENCES.iter().copied().collect());
}

/// What stands between `opening` and the next quotation mark, each time.
fn between<'a>(text: &'a str, opening: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(opening).skip(1).filter_map(|rest| rest.split('"').next())
}

fn complaints(packages: &[Package]) -> Vec<String> {
    let mut complaints = Vec::new();
    for package in packages {
        let Package { name, version, source } = package;
        let floor = AT_LEAST.iter().find(|(n, ..)| n == name);
        if let Some((_, least, why)) = floor.filter(|(_, least, _)| numbers(version) < numbers(least)) {
            complaints.push(format!("{name} {version} is older than {least}: {why}"));
        }
        if let Some((_, why)) = NEVER.iter().find(|(n, _)| n == name) {
            complaints.push(format!("{name} {version}: {why}"));
        }
        if source.as_deref().is_some_and(|s| !s.starts_with(REGISTRY)) {
            complaints.push(format!("{name} {version} comes from {source:?}"));
        }
    }
    complaints
}

fn locked(lock: &str) -> Vec<Package> {
    let field =
        |block: &str, name: &str| block.lines().find_map(|l| l.strip_prefix(&format!("{name} = \"")).and_then(|l| l.strip_suffix('"')).map(str::to_owned));
    lock.split("[[package]]")
        .skip(1)
        .map(|block| Package { name: field(block, "name").unwrap(), version: field(block, "version").unwrap(), source: field(block, "source") })
        .collect()
}

fn numbers(version: &str) -> Vec<u64> {
    version.split(['.', '+', '-']).map_while(|n| n.parse().ok()).collect()
}

/// An SPDX expression without nested brackets: every AND part needs one OR part that we take.
fn allowed(licence: &str) -> bool {
    let choices =
        |part: &str| part.trim_matches(['(', ')', ' ']).split(" OR ").flat_map(|c| c.split('/')).any(|c| LICENCES.contains(&c.trim_matches(['(', ')', ' '])));
    licence.split(" AND ").all(choices)
}
