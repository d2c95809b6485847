//! A piece from a mail: the subject is its title, lines with a label are its facts ("Price: 680 EUR", in the languages that we read), the
//! first other line is the sentence about it. What Restante's own reading found in it fills what no line says.

use super::typed::Typed;
use crate::email::subject;
use crate::lead::interest::Kind;
use crate::lead::reading::Found;
use crate::search::fold::folded;

/// Labels by what they name, folded.
const LABELS: &[(&str, &[&str])] = &[
    ("title", &["title", "titel", "titre", "titulo", "titolo"]),
    ("artist", &["artist", "kunstler", "kunstlerin", "artiste", "artista", "kunstenaar", "konstnar", "by", "von", "av"]),
    ("medium", &["medium", "technique", "technik", "tecnica", "techniek", "teknik", "material", "tecnica"]),
    (
        "size",
        &[
            "size",
            "dimensions",
            "grosse",
            "groesse",
            "masse",
            "format",
            "taille",
            "tamano",
            "medidas",
            "dimensioni",
            "misure",
            "maat",
            "afmetingen",
            "tamanho",
            "storlek",
            "matt",
        ],
    ),
    (
        "colours",
        &[
            "colours", "colour", "colors", "color", "farben", "farbe", "couleurs", "couleur", "colores", "colori", "colore", "kleuren", "kleur", "cores",
            "cor", "farger", "farg",
        ],
    ),
    ("price", &["price", "preis", "prix", "precio", "prezzo", "prijs", "preco", "pris"]),
    ("link", &["link", "url", "lien", "enlace", "lank"]),
    ("quantity", &["quantity", "how many", "anzahl", "stuck", "quantite", "nombre", "cantidad", "quantita", "aantal", "quantidade", "antal"]),
    ("sku", &["sku", "article number", "artikelnummer", "item number"]),
    ("words", &["about", "words", "text", "beschreibung", "description", "descripcion", "descrizione", "beschrijving", "descricao", "beskrivning"]),
];

pub fn read(written: &str, text: &str, found: &[Found]) -> Typed {
    let mut typed = Typed { title: subject::base(written), ..Typed::default() };
    for line in text.lines().map(str::trim).filter(|line| !line.is_empty()) {
        match labelled(line) {
            Some(("title", value)) => typed.title = value.to_owned(),
            Some(("artist", value)) => fill(&mut typed.artist, value),
            Some(("medium", value)) => fill(&mut typed.medium, value),
            Some(("size", value)) => fill(&mut typed.size, value),
            Some(("colours", value)) => typed.colours.push(value.to_owned()),
            Some(("price", value)) => fill(&mut typed.price, value),
            Some(("link", value)) => fill(&mut typed.link, value),
            Some(("quantity", value)) => fill(&mut typed.quantity, value),
            Some(("sku", value)) => fill(&mut typed.sku, value),
            Some((_, value)) => fill(&mut typed.words, value),
            None if line.starts_with("https://") && typed.link.is_empty() => typed.link = line.to_owned(),
            None => fill(&mut typed.words, line),
        }
    }
    for found in found {
        let value = &found.feature.value;
        match found.feature.kind {
            Kind::Artist => fill(&mut typed.artist, value),
            Kind::Medium => fill(&mut typed.medium, value),
            Kind::Size => fill(&mut typed.size, value),
            Kind::Colour => typed.colours.push(value.clone()),
            Kind::Title | Kind::Room | Kind::Budget | Kind::Occasion => {}
        }
    }
    typed
}

fn fill(field: &mut String, value: &str) {
    if field.is_empty() {
        value.clone_into(field);
    }
}

/// `Preis: 680 EUR` as what it names and says.
fn labelled(line: &str) -> Option<(&'static str, &str)> {
    let (label, value) = line.split_once(':')?;
    let (label, value) = (folded(label.trim().trim_start_matches(['-', '*', '•']).trim()), value.trim());
    let found = LABELS.iter().find(|(_, labels)| labels.contains(&label.as_str()))?;
    (!value.is_empty()).then_some((found.0, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mail_is_read_by_its_labels_in_eight_languages() {
        for (text, artist, price, size) in [
            ("Artist: Anna Lind\nPrice: 680 EUR\nSize: 50 x 70 cm\n\nA still morning.", "Anna Lind", "680 EUR", "50 x 70 cm"),
            ("Künstlerin: Anna Lind\nPreis: 680 EUR\nGröße: 50 x 70 cm\nA still morning.", "Anna Lind", "680 EUR", "50 x 70 cm"),
            ("Artiste : Anna Lind\nPrix : 680 EUR\nTaille : 50 x 70 cm\nA still morning.", "Anna Lind", "680 EUR", "50 x 70 cm"),
            ("Artista: Anna Lind\nPrecio: 680 EUR\nTamaño: 50 x 70 cm\nA still morning.", "Anna Lind", "680 EUR", "50 x 70 cm"),
            ("Artista: Anna Lind\nPrezzo: 680 EUR\nMisure: 50 x 70 cm\nA still morning.", "Anna Lind", "680 EUR", "50 x 70 cm"),
            ("Kunstenaar: Anna Lind\nPrijs: 680 EUR\nMaat: 50 x 70 cm\nA still morning.", "Anna Lind", "680 EUR", "50 x 70 cm"),
            ("Artista: Anna Lind\nPreço: 680 EUR\nTamanho: 50 x 70 cm\nA still morning.", "Anna Lind", "680 EUR", "50 x 70 cm"),
            ("Konstnär: Anna Lind\nPris: 680 EUR\nStorlek: 50 x 70 cm\nA still morning.", "Anna Lind", "680 EUR", "50 x 70 cm"),
        ] {
            let typed = read("Low Tide", text, &[]);
            assert_eq!((typed.artist.as_str(), typed.price.as_str(), typed.size.as_str()), (artist, price, size), "{text}");
            assert_eq!((typed.title.as_str(), typed.words.as_str()), ("Low Tide", "A still morning."));
        }
    }
}
