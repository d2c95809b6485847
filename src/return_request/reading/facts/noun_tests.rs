//! Things named in free sentences, and what is none.

use super::noun::find;
use crate::return_request::reading::intent::Lexicon;

#[test]
fn a_thing_is_suggested_by_its_name_and_not_what_came_whole() {
    for (language, text, name) in [
        ("en", "Both came on Friday. The Heron calendar is fine. The Mersey clock arrived with a bent hand.", "Mersey clock"),
        ("de", "Es geht um die Teekanne Elbe aus meiner Bestellung.", "Teekanne Elbe"),
        ("fr", "L'assiette Lagon est intacte, c'est le vase Brume qui pose problème.", "vase Brume"),
        ("nl", "Het gaat om bestelling 2260914, de geurkaars Duinroos.", "geurkaars Duinroos"),
        ("de", "Nicht der Becher, sondern die Schale ist kaputt.", "Schale"),
        ("sv", "Order 118204 gäller väggklockan Fjäll.", "väggklockan Fjäll"),
    ] {
        let found = find(text, Lexicon::ready(), Some(language));
        let found = found.map(|found| (found.value.as_json().to_string().trim_matches('"').to_owned(), found.certain));
        assert_eq!(found, Some((name.to_owned(), false)), "{text}");
    }
    for (language, text) in
        [("en", "The parcel came on Friday and the glass is broken."), ("de", "Der Deckel war kaputt."), ("fr", "Le colis est arrivé hier.")]
    {
        assert_eq!(find(text, Lexicon::ready(), Some(language)), None, "{text}");
    }
}
