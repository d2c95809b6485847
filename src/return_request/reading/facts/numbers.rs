//! Small numbers as people write them.

const NUMBERS: &[(&[&str], i32)] = &[
    (&["a", "one", "einem", "einer", "un", "une", "uno", "una", "um", "uma", "een", "en"], 1),
    (&["two", "zwei", "deux", "dos", "due", "twee", "dois", "duas", "tva", "couple"], 2),
    (&["three", "drei", "trois", "tres", "tre", "drie"], 3),
    (&["four", "vier", "quatre", "cuatro", "quattro", "quatro", "fyra"], 4),
    (&["five", "funf", "cinq", "cinco", "cinque", "vijf", "fem"], 5),
    (&["six", "sechs", "seis", "sei", "zes", "sex"], 6),
    (&["seven", "sieben", "sept", "siete", "sette", "zeven", "sete", "sju"], 7),
    (&["eight", "acht", "huit", "ocho", "otto", "oito", "atta"], 8),
    (&["nine", "neun", "neuf", "nueve", "nove", "negen", "nio"], 9),
    (&["ten", "zehn", "dix", "diez", "dieci", "tien", "dez", "tio"], 10),
];

/// "3", "three", "drei": a folded word as a number.
pub fn number(word: &str) -> Option<i32> {
    word.parse().ok().or_else(|| NUMBERS.iter().find(|(names, _)| names.contains(&word)).map(|(_, number)| *number))
}
