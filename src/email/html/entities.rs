//! Character references (HTML 13.2.5.72), those that mail holds.

/// The characters that `text` stands for.
pub fn decode(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains('&') {
        return text.into();
    }
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        match reference(rest) {
            Some((c, len)) => {
                out.push(c);
                rest = &rest[len..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out.push_str(rest);
    out.into()
}

/// The character and the length of its reference.
fn reference(rest: &str) -> Option<(char, usize)> {
    let inside = &rest.as_bytes()[1..rest.len().min(40)];
    if inside.first() == Some(&b'#') {
        let hex = matches!(inside.get(1), Some(b'x' | b'X'));
        let from = if hex { 2 } else { 1 };
        let digits = inside[from..].iter().take_while(|b| if hex { b.is_ascii_hexdigit() } else { b.is_ascii_digit() }).count();
        let number = u32::from_str_radix(std::str::from_utf8(&inside[from..from + digits]).ok()?, if hex { 16 } else { 10 }).ok()?;
        let end = from + digits;
        let semicolon = usize::from(inside.get(end) == Some(&b';'));
        // 0x80–0x9F mean Windows-1252 (HTML 13.2.5.80).
        let c = match number {
            0x80..=0x9f => encoding_rs::WINDOWS_1252.decode(&[number as u8]).0.chars().next()?,
            _ => char::from_u32(number).filter(|c| *c != '\0')?,
        };
        return Some((c, 1 + end + semicolon));
    }
    let len = inside.iter().take_while(|b| b.is_ascii_alphanumeric()).count();
    let name = &rest[1..=len];
    let semicolon = inside.get(len) == Some(&b';');
    let (_, c) = NAMED.iter().find(|(known, _)| *known == name)?;
    (semicolon || matches!(name, "nbsp" | "amp" | "lt" | "gt" | "quot")).then_some((*c, 1 + len + usize::from(semicolon)))
}

#[rustfmt::skip]
const NAMED: &[(&str, char)] = &[
    ("nbsp", '\u{a0}'), ("amp", '&'), ("lt", '<'), ("gt", '>'), ("quot", '"'), ("apos", '\''), ("shy", '\u{ad}'),
    ("iexcl", '¡'), ("cent", '¢'), ("pound", '£'), ("curren", '¤'), ("yen", '¥'), ("sect", '§'), ("copy", '©'), ("laquo", '«'),
    ("reg", '®'), ("deg", '°'), ("plusmn", '±'), ("sup2", '²'), ("sup3", '³'), ("acute", '´'), ("micro", 'µ'), ("para", '¶'),
    ("middot", '·'), ("sup1", '¹'), ("ordm", 'º'), ("ordf", 'ª'), ("raquo", '»'), ("frac14", '¼'), ("frac12", '½'), ("frac34", '¾'),
    ("iquest", '¿'), ("Agrave", 'À'), ("Aacute", 'Á'), ("Acirc", 'Â'), ("Atilde", 'Ã'), ("Auml", 'Ä'), ("Aring", 'Å'), ("AElig", 'Æ'),
    ("Ccedil", 'Ç'), ("Egrave", 'È'), ("Eacute", 'É'), ("Ecirc", 'Ê'), ("Euml", 'Ë'), ("Igrave", 'Ì'), ("Iacute", 'Í'), ("Icirc", 'Î'),
    ("Iuml", 'Ï'), ("ETH", 'Ð'), ("Ntilde", 'Ñ'), ("Ograve", 'Ò'), ("Oacute", 'Ó'), ("Ocirc", 'Ô'), ("Otilde", 'Õ'), ("Ouml", 'Ö'),
    ("times", '×'), ("Oslash", 'Ø'), ("Ugrave", 'Ù'), ("Uacute", 'Ú'), ("Ucirc", 'Û'), ("Uuml", 'Ü'), ("Yacute", 'Ý'), ("THORN", 'Þ'),
    ("szlig", 'ß'), ("agrave", 'à'), ("aacute", 'á'), ("acirc", 'â'), ("atilde", 'ã'), ("auml", 'ä'), ("aring", 'å'), ("aelig", 'æ'),
    ("ccedil", 'ç'), ("egrave", 'è'), ("eacute", 'é'), ("ecirc", 'ê'), ("euml", 'ë'), ("igrave", 'ì'), ("iacute", 'í'), ("icirc", 'î'),
    ("iuml", 'ï'), ("eth", 'ð'), ("ntilde", 'ñ'), ("ograve", 'ò'), ("oacute", 'ó'), ("ocirc", 'ô'), ("otilde", 'õ'), ("ouml", 'ö'),
    ("divide", '÷'), ("oslash", 'ø'), ("ugrave", 'ù'), ("uacute", 'ú'), ("ucirc", 'û'), ("uuml", 'ü'), ("yacute", 'ý'), ("thorn", 'þ'),
    ("yuml", 'ÿ'), ("OElig", 'Œ'), ("oelig", 'œ'), ("Scaron", 'Š'), ("scaron", 'š'), ("ndash", '–'), ("mdash", '—'), ("lsquo", '‘'),
    ("rsquo", '’'), ("sbquo", '‚'), ("ldquo", '“'), ("rdquo", '”'), ("bdquo", '„'), ("dagger", '†'), ("bull", '•'), ("hellip", '…'),
    ("prime", '′'), ("lsaquo", '‹'), ("rsaquo", '›'), ("euro", '€'), ("trade", '™'), ("larr", '←'), ("uarr", '↑'), ("rarr", '→'),
    ("darr", '↓'), ("hearts", '♥'), ("minus", '−'), ("ne", '≠'), ("le", '≤'), ("ge", '≥'), ("ensp", '\u{2002}'), ("emsp", '\u{2003}'),
    ("thinsp", '\u{2009}'), ("zwnj", '\u{200c}'), ("zwj", '\u{200d}'), ("lrm", '\u{200e}'), ("rlm", '\u{200f}'), ("check", '✓'), ("star", '☆'),
    ("Ccaron", 'Č'), ("ccaron", 'č'), ("Zcaron", 'Ž'), ("zcaron", 'ž'), ("ecaron", 'ě'), ("rcaron", 'ř'), ("lstrok", 'ł'), ("Lstrok", 'Ł'),
    ("aogon", 'ą'), ("eogon", 'ę'), ("sacute", 'ś'), ("cacute", 'ć'), ("nacute", 'ń'), ("zacute", 'ź'), ("zdot", 'ż'), ("inodot", 'ı'),
];
