//! Subjects: what remains of one when the reply and forward marks of mail clients are gone.

/// The subject without leading "Re:", "AW:", "Fwd:" …, white space folded. For showing and for suggestions; no mail
/// joins a conversation by its subject.
pub fn base(subject: &str) -> String {
    let mut rest = subject.trim();
    while let Some((mark, after)) = rest.split_once([':', '：']) {
        let mark = mark.trim().trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '[' | ']' | '(' | ')'));
        if !MARKS.contains(&mark.to_lowercase().as_str()) {
            break;
        }
        rest = after.trim_start();
    }
    rest.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Whether a subject begins with a forward mark, or with that of an answer; `None`: with neither.
pub fn is_forward(subject: &str) -> Option<bool> {
    let (mark, _) = subject.trim().split_once([':', '：'])?;
    let mark = mark.trim().trim_end_matches(|c: char| c.is_ascii_digit() || matches!(c, '[' | ']' | '(' | ')')).to_lowercase();
    MARKS.contains(&mark.as_str()).then(|| FORWARDS.contains(&mark.as_str()))
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
    }
}
