//! How large something is, as people write it: "50 x 70 cm", "20×30 in", "A3", "ca. 60 cm", small.

/// A side of ten metres is a mistake in the unit.
const MM_MAX: f64 = 10_000.0;
/// Longer sides of what people call small and medium, in mm: a sheet of paper, and what hangs above a chair.
const SMALL_MAX: i64 = 300;
const MEDIUM_MAX: i64 = 600;
/// A4 is not a different size than 21 × 30 cm, nor is a frame.
pub const TOLERANCE_PERCENT: i64 = 15;
/// ISO 216, in mm, upright.
const SHEETS: &[(&str, i64, i64)] =
    &[("a0", 841, 1189), ("a1", 594, 841), ("a2", 420, 594), ("a3", 297, 420), ("a4", 210, 297), ("a5", 148, 210), ("a6", 105, 148)];
const UNITS: &[(&[&str], f64)] = &[
    (&["mm"], 1.0),
    (&["cm", "centimeter", "centimetre", "centimeters", "centimetres"], 10.0),
    (&["m", "meter", "metre"], 1000.0),
    (&["in", "inch", "inches", "\"", "”", "″"], 25.4),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// Width and height in mm.
    Sides(i64, i64),
    /// One side, the longer.
    Longest(i64),
    Small,
    Medium,
    Large,
}

/// Nothing where it cannot be understood. Without a unit it is centimetres.
pub fn parse(text: &str) -> Option<Size> {
    let text = text.to_lowercase().replace(',', ".");
    match text.trim() {
        "small" => return Some(Size::Small),
        "medium" => return Some(Size::Medium),
        "large" | "big" => return Some(Size::Large),
        _ => {}
    }
    let words: Vec<&str> = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).collect();
    if let Some((_, short, long)) = SHEETS.iter().find(|(name, ..)| words.contains(name)) {
        let lies = words.iter().any(|word| matches!(*word, "landscape" | "quer" | "querformat" | "liggande" | "paysage"));
        return Some(if lies { Size::Sides(*long, *short) } else { Size::Sides(*short, *long) });
    }
    let (numbers, unit) = numbers(&text)?;
    let mm = |number: &f64| (number * unit).round() as i64;
    match numbers[..] {
        [one] => Some(Size::Longest(mm(&one))),
        [width, height, ..] => Some(Size::Sides(mm(&width), mm(&height))),
        [] => None,
    }
}

/// One to three numbers with something between them that means "by", and what a millimetre of their unit is.
fn numbers(text: &str) -> Option<(Vec<f64>, f64)> {
    let (mut numbers, mut unit, mut rest) = (Vec::new(), None, text.trim());
    while let Some(at) = rest.find(|c: char| c.is_ascii_digit()) {
        let end = rest[at..].find(|c: char| !c.is_ascii_digit() && c != '.').map_or(rest.len(), |length| at + length);
        numbers.push(rest[at..end].trim_end_matches('.').parse::<f64>().ok()?);
        rest = rest[end..].trim_start();
        let word_end =
            rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len()).max(rest.chars().next().filter(|c| "\"”″".contains(*c)).map_or(0, char::len_utf8));
        unit = UNITS.iter().find(|(names, _)| names.contains(&&rest[..word_end])).map(|(_, mm)| *mm).or(unit);
    }
    let unit = unit.unwrap_or(10.0);
    let fits = |number: &f64| *number > 0.0 && number * unit <= MM_MAX;
    ((1..=3).contains(&numbers.len()) && numbers.iter().all(fits)).then_some((numbers, unit))
}

/// How a piece of these sides, in mm, is to a size that somebody asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fit {
    As,
    /// Right, but lying where they want it upright, or the other way round.
    Turned,
    Larger,
    Smaller,
}

pub fn fit((width, height): (i64, i64), wanted: Size) -> Fit {
    let longer = width.max(height);
    let within = |is: i64, wanted: i64| (is - wanted).abs() * 100 <= wanted * TOLERANCE_PERCENT;
    let between = |least: i64, most: i64| {
        let (least, most) = (least * (100 - TOLERANCE_PERCENT) / 100, most * (100 + TOLERANCE_PERCENT) / 100);
        if longer < least {
            Fit::Smaller
        } else if longer > most {
            Fit::Larger
        } else {
            Fit::As
        }
    };
    match wanted {
        Size::Small => between(0, SMALL_MAX),
        Size::Medium => between(SMALL_MAX, MEDIUM_MAX),
        Size::Large => between(MEDIUM_MAX, i64::from(i32::MAX)),
        Size::Longest(side) if within(longer, side) => Fit::As,
        Size::Longest(side) => larger_or_smaller(longer > side),
        Size::Sides(w, h) if within(width, w) && within(height, h) => Fit::As,
        Size::Sides(w, h) if within(width, h) && within(height, w) => Fit::Turned,
        Size::Sides(w, h) => larger_or_smaller(width * height > w * h),
    }
}

fn larger_or_smaller(larger: bool) -> Fit {
    if larger { Fit::Larger } else { Fit::Smaller }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, size) in [
            ("50 x 70 cm", Some(Size::Sides(500, 700))),
            ("50×70", Some(Size::Sides(500, 700))),
            ("50cm x 70cm", Some(Size::Sides(500, 700))),
            ("29,7 x 42 cm", Some(Size::Sides(297, 420))),
            ("300 x 400 mm framed", Some(Size::Sides(300, 400))),
            ("8 x 10 in", Some(Size::Sides(203, 254))),
            ("16\" x 20\"", Some(Size::Sides(406, 508))),
            ("1.2 m", Some(Size::Longest(1200))),
            ("ca. 60 cm", Some(Size::Longest(600))),
            ("A3", Some(Size::Sides(297, 420))),
            ("A3 landscape", Some(Size::Sides(420, 297))),
            ("30 x 40 x 2 cm", Some(Size::Sides(300, 400))),
            ("large", Some(Size::Large)),
            ("", None),
            ("as large as a door", None),
            ("0 x 0", None),
            ("99999 cm", None),
            ("1 x 2 x 3 x 4 x 5", None),
        ] {
            assert_eq!(parse(text), size, "{text}");
        }
    }

    #[test]
    fn a_size_fits_within_fifteen_per_cent_and_knows_when_it_lies() {
        let wanted = Size::Sides(500, 700);
        for (piece, is) in [((500, 700), Fit::As), ((450, 640), Fit::As), ((700, 500), Fit::Turned), ((210, 297), Fit::Smaller), ((1000, 1400), Fit::Larger)] {
            assert_eq!(fit(piece, wanted), is, "{piece:?}");
        }
        assert_eq!((fit((500, 700), Size::Longest(720)), fit((500, 700), Size::Large), fit((200, 280), Size::Large)), (Fit::As, Fit::As, Fit::Smaller));
        assert_eq!((fit((200, 280), Size::Small), fit((500, 700), Size::Small), fit((400, 500), Size::Medium)), (Fit::As, Fit::Larger, Fit::As));
    }
}
