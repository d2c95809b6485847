//! Subjects: what remains of one when the reply and forward marks of mail clients are gone.

/// The subject without leading "Re:", "AW:", "Fwd:" …, white space folded. For showing and for suggestions; no mail
/// joins a conversation by its subject.
pub fn base(subject: &str) -> String {
    let mut rest = subject.trim();
    while let Some((_, after)) = marked(rest) {
        rest = after;
    }
    rest.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a subject begins with a forward mark, or with that of an answer; `None`: with neither.
pub fn is_forward(subject: &str) -> Option<bool> {
    marked(subject).map(|(mark, _)| FORWARDS.contains(&mark.as_str()))
}

/// Whether the mark of an answer stands before a subject, be it behind "Fwd:" or behind the "[tag]" of a list or a gateway.
pub fn is_answer(subject: &str) -> bool {
    let mut rest = subject.trim();
    loop {
        if let Some((_, after)) = rest.strip_prefix('[').and_then(|tag| tag.split_once(']')) {
            rest = after.trim_start();
            continue;
        }
        match marked(rest) {
            Some((mark, after)) if FORWARDS.contains(&mark.as_str()) => rest = after,
            other => return other.is_some(),
        }
    }
}

/// The mark that a subject begins with, and what stands behind it.
fn marked(subject: &str) -> Option<(String, &str)> {
    let (mark, rest) = subject.trim().split_once([':', '：'])?;
    let mark = mark.trim().trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '[' | ']' | '(' | ')')).to_lowercase();
    MARKS.contains(&mark.as_str()).then_some((mark, rest.trim_start()))
}

/// Those of the marks that say that somebody else's mail follows.
const FORWARDS: &[&str] = &["fw", "fwd", "wg", "vb", "vl", "rv", "enc", "i", "tr", "doorst", "pd", "ilt", "转发", "轉寄"];

/// Reply and forward marks of clients in the languages that we read, lower case.
const MARKS: &[&str] = &[
    "re", "fw", "fwd", "aw", "wg", "sv", "vs", "vb", "vl", "rv", "enc", "res", "rif", "r", "i", "tr", "ref", "antw", "doorst", "odp", "pd", "ynt", "ilt",
    "回复", "转发", "返信", "回覆", "轉寄", "答复",
];

#[cfg(test)]
mod tests {
    #[test]
    fn reply_and_forward_marks_fall_away_whatever_the_language() {
        for subject in ["Re: Low Tide", "AW: Re[2]: Low Tide", "Fwd: SV:  Low   Tide", "Low Tide", "RE: FW: Low Tide", "回复：Low Tide"] {
            assert_eq!(super::base(subject), "Low Tide", "{subject}");
        }
        assert_eq!(super::base("Order: 12"), "Order: 12");
        assert_eq!(["Fwd: Order", "AW: Order", "Order: 12", "Order"].map(super::is_forward), [Some(true), Some(false), None, None]);
        for answer in ["Re: Order", "Re : Order", "[EXTERNAL] AW: Order", "Fwd: Re[2]: Order", "[a] [b] Fw: SV: Order"] {
            assert!(super::is_answer(answer), "{answer}");
        }
        assert!(!["Fwd: Order", "[Order #10482] (12 November 2026)", "Order: Re", "[Re: x"].into_iter().any(super::is_answer));
    }
}
