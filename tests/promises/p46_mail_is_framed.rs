//! P46: a mail's HTML is shown in a frame of opaque origin without scripts. The exact strings on the wire are tested in
//! the story; here, the word that would undo it stands nowhere in the tree.

use std::path::Path;

/// Written in two halves, so that this file does not trip over itself.
const UNDOING: &str = concat!("allow", "-scripts");

#[test]
fn p46_the_word_that_lets_scripts_run_is_nowhere_in_the_tree() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let (mut read, mut found) = (0, Vec::new());
    for folder in ["src", "templates", "static", "tests", "docs", "demo"] {
        crate::borders::source::walk(&root.join(folder), &mut |path| {
            let bytes = std::fs::read(path).unwrap();
            read += 1;
            if bytes.windows(UNDOING.len()).any(|window| window.eq_ignore_ascii_case(UNDOING.as_bytes())) {
                found.push(path.display().to_string());
            }
        });
    }
    assert!(read > 10, "the tree was not found");
    assert!(found.is_empty(), "{UNDOING} stands in {found:?}");
}
