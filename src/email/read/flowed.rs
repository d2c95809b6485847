//! format=flowed (RFC 3676): lines that were broken for the way are joined again.

/// The paragraphs of `text`; `delsp`: the blank at a soft break was added and goes. Quoted lines stay as they are: they are
/// folded away, and where they are shown, each line shows its mark.
pub fn joined(text: &str, delsp: bool) -> String {
    let mut out = String::with_capacity(text.len());
    // The depth of the paragraph that the last line left open.
    let mut open: Option<usize> = None;
    for line in text.lines() {
        let depth = line.bytes().take_while(|b| *b == b'>').count();
        let content = &line[depth..];
        let content = content.strip_prefix(' ').unwrap_or(content); // 4.4 space-stuffing
        let signature = content == "-- ";
        if open != Some(depth) || signature {
            if open.is_some() {
                out.push('\n');
            }
            if depth > 0 {
                out.extend(std::iter::repeat_n('>', depth));
                out.push(' ');
            }
        }
        let soft = content.ends_with(' ') && !signature && depth == 0;
        out.push_str(if soft && delsp { &content[..content.len() - 1] } else { content });
        if soft {
            open = Some(depth);
        } else {
            out.push('\n');
            open = None;
        }
    }
    if open.is_some() {
        out.push('\n');
    }
    out
}

#[cfg(test)]
mod tests {
    #[test]
    fn soft_breaks_join_within_one_depth() {
        let text = "one \ntwo\n> three \n> four\n>> five\n-- \nAnna \nLee\n";
        assert_eq!(super::joined(text, false), "one two\n> three \n> four\n>> five\n-- \nAnna Lee\n");
        assert_eq!(super::joined("one \ntwo", true), "onetwo\n");
    }
}
