//! Codes as text: taken from a pasted list or a table, made from a pattern.

/// Codes of one list: years of a small shop's.
pub const CODES_MAX: usize = 5_000;
pub const CODE_CHARS_MAX: usize = 40;
/// Fewer places than these are guessed by trying.
const PLACES_MIN: usize = 4;
/// What `#` becomes: no 0 and O, no 1, I and L, which look alike on paper.
const SIGNS: &[u8] = b"23456789ABCDEFGHJKMNPQRSTUVWXYZ";

/// The first cell of each line, quotes and a column's name aside, each once. The error says which line is no code.
pub fn codes_in(text: &str) -> Result<Vec<String>, String> {
    let mut codes: Vec<String> = Vec::new();
    let mut seen = std::collections::HashSet::new();
    for (at, line) in text.trim_start_matches('\u{feff}').lines().enumerate() {
        let code = line.split([',', ';', '\t']).next().unwrap_or_default().trim().trim_matches('"').trim();
        let is_name = at == 0 && ["code", "codes", "coupon", "discount code", "coupon code"].contains(&code.to_lowercase().as_str());
        if code.is_empty() || is_name {
            continue;
        }
        if !is_code(code) {
            return Err(format!("Line {}: “{}” is no code. A code is letters, digits and signs without blanks, at most {CODE_CHARS_MAX}.", at + 1, cut(code)));
        }
        if seen.insert(code.to_uppercase()) {
            codes.push(code.to_owned());
        }
        if codes.len() > CODES_MAX {
            return Err(format!("At most {CODES_MAX} codes at once, please."));
        }
    }
    Ok(codes)
}

/// One word that can be read out and typed.
pub fn is_code(code: &str) -> bool {
    !code.is_empty() && code.chars().count() <= CODE_CHARS_MAX && code.chars().all(|c| c.is_alphanumeric() || "-_.+%!*@#".contains(c))
}

/// Why codes cannot be made from this.
pub fn pattern_mistake(pattern: &str) -> Option<String> {
    let places = pattern.chars().filter(|c| *c == '#').count();
    if !is_code(pattern) {
        return Some(format!("A pattern is letters, digits, - and #, without blanks, at most {CODE_CHARS_MAX}."));
    }
    (places < PLACES_MIN).then(|| format!("At least {PLACES_MIN} places marked #, so that nobody guesses a code: as in THANKS-####."))
}

/// A code from a pattern; each `#` is decided by one sign of `dice`. `None`: there are not enough of them.
pub fn from_pattern(pattern: &str, dice: &mut impl Iterator<Item = u8>) -> Option<String> {
    // A die beyond the signs is thrown again: none comes up more often.
    let mut sign = || dice.find(|die| usize::from(die & 31) < SIGNS.len()).map(|die| char::from(SIGNS[usize::from(die & 31)]));
    pattern.chars().map(|c| if c == '#' { sign() } else { Some(c) }).collect()
}

fn cut(text: &str) -> String {
    text.chars().take(CODE_CHARS_MAX).collect()
}
