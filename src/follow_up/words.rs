//! What stands around a follow-up's own words, in the languages that we write: the subject where it begins a conversation, and the line
//! below every one that says why it came and how to end it.

use super::Kind;

struct Around {
    language: &'static str,
    discount: &'static str,
    check_in: &'static str,
    wish: &'static str,
    below: &'static str,
}

const AROUND: &[Around] = &[
    Around {
        language: "en",
        discount: "A thank-you from {shop}",
        check_in: "Is all well?",
        wish: "{piece} has come in",
        below: "You get this mail because you agreed to hear from us. No more of these mails: {link}",
    },
    Around {
        language: "de",
        discount: "Ein Dankeschön von {shop}",
        check_in: "Ist alles in Ordnung?",
        wish: "{piece} ist eingetroffen",
        below: "Sie erhalten diese Mail, weil Sie zugestimmt haben, von uns zu hören. Keine solchen Mails mehr: {link}",
    },
    Around {
        language: "fr",
        discount: "Un merci de la part de {shop}",
        check_in: "Tout va bien ?",
        wish: "{piece} vient d’arriver",
        below: "Vous recevez ce message parce que vous avez accepté d’avoir de nos nouvelles. Ne plus en recevoir : {link}",
    },
    Around {
        language: "es",
        discount: "Un agradecimiento de {shop}",
        check_in: "¿Está todo bien?",
        wish: "Ha llegado {piece}",
        below: "Recibe este mensaje porque aceptó tener noticias nuestras. No recibir más: {link}",
    },
    Around {
        language: "it",
        discount: "Un grazie da {shop}",
        check_in: "È tutto a posto?",
        wish: "È arrivato: {piece}",
        below: "Riceve questo messaggio perché ha accettato di avere nostre notizie. Non riceverne più: {link}",
    },
    Around {
        language: "nl",
        discount: "Een bedankje van {shop}",
        check_in: "Is alles in orde?",
        wish: "{piece} is binnengekomen",
        below: "U krijgt deze mail omdat u ermee hebt ingestemd van ons te horen. Geen zulke mails meer: {link}",
    },
    Around {
        language: "pt",
        discount: "Um agradecimento de {shop}",
        check_in: "Está tudo bem?",
        wish: "Chegou: {piece}",
        below: "Recebe esta mensagem porque aceitou ter notícias nossas. Não receber mais: {link}",
    },
    Around {
        language: "sv",
        discount: "Ett tack från {shop}",
        check_in: "Är allt bra?",
        wish: "{piece} har kommit in",
        below: "Du får det här mejlet för att du har sagt ja till att höra av oss. Inga fler sådana mejl: {link}",
    },
];

/// The subject of a follow-up that begins a conversation.
pub fn subject(kind: Kind, language: &str, shop: &str, piece: &str) -> String {
    let words = around(language);
    match kind {
        Kind::Discount => words.discount.replace("{shop}", shop),
        Kind::CheckIn => words.check_in.to_owned(),
        Kind::WishMatch => words.wish.replace("{piece}", piece),
    }
}

/// The line below every follow-up.
pub fn below(language: &str, link: &str) -> String {
    around(language).below.replace("{link}", link)
}

fn around(language: &str) -> &'static Around {
    AROUND.iter().find(|around| around.language == language).unwrap_or(&AROUND[0])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_language_has_its_own_words_with_the_link() {
        for language in crate::return_request::LANGUAGES {
            let found = around(language);
            assert_eq!(found.language, *language);
            assert!(found.below.contains("{link}") && found.wish.contains("{piece}") && found.discount.contains("{shop}"));
        }
        assert_eq!(subject(Kind::WishMatch, "sv", "", "“Ebb”"), "“Ebb” har kommit in");
    }
}
