use crate::search::analysis::{Kind, Tokens};
use proptest::prelude::*;

fn tokens(text: &str) -> Vec<String> {
    Tokens::of(text).iter().map(|(token, word)| format!("{}{word}", token.position)).collect()
}

#[test]
fn accents_and_case_make_no_difference_and_umlauts_have_both_spellings() {
    assert_eq!(tokens("München"), ["0munchen", "0muenchen"]);
    assert_eq!(tokens("munchen"), ["0munchen"]);
    assert_eq!(tokens("Cafe\u{301} CAFÉ"), ["0cafe", "1cafe"]);
    assert_eq!(tokens("Straße Søren Łódź ﬁne"), ["0strasse", "1soren", "1soeren", "2lodz", "3fine"]);
}

#[test]
fn scripts_without_blanks_become_pairs() {
    assert_eq!(tokens("日本語"), ["0日本", "1本語", "2語"]);
    assert_eq!(tokens("注文AT日本"), ["0注文", "1文", "2at", "3日本", "4本"]);
    assert_eq!(tokens("か\u{3099}く"), ["0がく", "1く"]);
    assert_eq!(tokens("한국어 주문"), ["0한국", "1국어", "2어", "3주문", "4문"]);
}

#[test]
fn codes_and_addresses_are_found_whole_and_in_parts() {
    assert_eq!(tokens("AT-10482"), ["0at", "0at10482", "1 10482".replace(' ', "").as_str()]);
    assert_eq!(tokens("#2291"), ["02291"]);
    assert_eq!(tokens("ORD_10023 ORD10023"), ["0ord", "0ord10023", "110023", "2ord10023", "210023"]);
    assert_eq!(tokens("anna.lee@Example.com"), ["0anna", "0anna.lee@example.com", "1lee", "2example", "3com"]);
    assert_eq!(tokens("e-mail don't"), ["0e", "0email", "1mail", "2don", "2dont", "3t"]);
    assert_eq!(tokens("shop.example/a - b"), ["0shop", "1example", "2a", "3b"]);
}

#[test]
fn an_endless_word_is_cut() {
    let tokens = Tokens::of(&"ä".repeat(10_000));
    assert!(tokens.iter().all(|(_, word)| word.len() <= 64));
}

proptest! {
    #[test]
    fn every_token_points_into_its_text(text in "\\PC{0,60}|[a-zA-Z0-9@._/#'日本語äöüß\u{301}\u{3099} -]{0,60}") {
        let tokens = Tokens::of(&text);
        let mut before = 0;
        for (token, word) in tokens.iter() {
            prop_assert!(text.get(token.from..token.to).is_some_and(|piece| !piece.is_empty()), "{token:?} in {text:?}");
            prop_assert!(!word.is_empty() || token.kind == Kind::Word, "{token:?}");
            prop_assert!(token.position >= before && token.position < tokens.positions());
            before = token.position;
        }
    }
}
