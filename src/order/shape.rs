//! What the shop's order numbers look like.

/// Numbers from which the shape of the next one is guessed.
pub const SHAPE_FROM: usize = 50;
/// Of these, so many must share it: 3 of 4.
const SHAPE_SHARE: (usize, usize) = (3, 4);

/// What the shop's order numbers look like: `#` for a digit, everything else as it stands; nothing where they differ.
pub fn shape(numbers: &[String]) -> Option<String> {
    let shaped = |number: &String| number.chars().map(|c| if c.is_ascii_digit() { '#' } else { c }).collect::<String>();
    let newest = shaped(numbers.first()?);
    let same = numbers.iter().filter(|number| shaped(number) == newest).count();
    (same >= 3 && same * SHAPE_SHARE.1 >= numbers.len() * SHAPE_SHARE.0).then_some(newest)
}
