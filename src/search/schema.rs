//! What the index holds: one document per message, text only. What can change (status, tags, assignee, who read it) is
//! SQLite's to answer.

use super::analysis::Tokens;
use super::stem::{LANGUAGES, Stems};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{Token, TokenStream, Tokenizer};

/// Changes whenever documents would be made differently; an index of another version is rebuilt.
pub const VERSION: u32 = 2;

const WORDS: &str = "words";

/// The fact terms.
pub const ATTACHMENT: &str = "attachment";
pub const PHOTO: &str = "photo";

#[derive(Clone, Copy)]
pub struct Fields {
    /// The message's row.
    pub id: Field,
    pub conversation: Field,
    /// When it arrived, in milliseconds.
    pub at: Field,
    pub subject: Field,
    pub body: Field,
    pub from: Field,
    pub to: Field,
    /// Attachment names, the customer's name, and what the owner's own fields of a return say.
    pub others: Field,
    pub fact: Field,
    /// Stems of subject and body, one field per language.
    pub stems: [Field; LANGUAGES.len()],
}

pub fn schema() -> (Schema, Fields) {
    let mut builder = Schema::builder();
    let words = TextOptions::default().set_indexing_options(
        TextFieldIndexing::default().set_tokenizer(WORDS).set_index_option(IndexRecordOption::WithFreqsAndPositions).set_fieldnorms(true),
    );
    let plain = |tokenizer: &str| {
        TextOptions::default()
            .set_indexing_options(TextFieldIndexing::default().set_tokenizer(tokenizer).set_index_option(IndexRecordOption::Basic).set_fieldnorms(false))
    };
    let fields = Fields {
        id: builder.add_u64_field("id", INDEXED | FAST),
        conversation: builder.add_u64_field("conversation", FAST),
        at: builder.add_i64_field("at", FAST),
        subject: builder.add_text_field("subject", words.clone()),
        body: builder.add_text_field("body", words.clone()),
        from: builder.add_text_field("from", words.clone()),
        to: builder.add_text_field("to", words.clone()),
        others: builder.add_text_field("others", words),
        fact: builder.add_text_field("fact", plain("raw")),
        stems: LANGUAGES.map(|(code, _)| builder.add_text_field(&stem_name(code), plain(&stem_name(code)))),
    };
    (builder.build(), fields)
}

/// Tells an opened index how its fields are taken apart.
pub fn register(index: &tantivy::Index) {
    index.tokenizers().register(WORDS, Words::default());
    for (code, language) in LANGUAGES {
        index.tokenizers().register(&stem_name(code), StemWords { stems: Stems::new(language), found: Vec::new(), token: Token::default() });
    }
}

fn stem_name(code: &str) -> String {
    format!("stem_{code}")
}

#[derive(Clone, Default)]
struct Words {
    tokens: Tokens,
    token: Token,
}

impl Tokenizer for Words {
    type TokenStream<'a> = WordStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> WordStream<'a> {
        self.tokens.analyse(text);
        self.token.reset();
        WordStream { tokens: &self.tokens, token: &mut self.token, next: 0 }
    }
}

struct WordStream<'a> {
    tokens: &'a Tokens,
    token: &'a mut Token,
    next: usize,
}

impl TokenStream for WordStream<'_> {
    fn advance(&mut self) -> bool {
        let Some((token, text)) = self.tokens.get(self.next) else { return false };
        self.next += 1;
        self.token.text.clear();
        self.token.text.push_str(text);
        (self.token.offset_from, self.token.offset_to, self.token.position) = (token.from, token.to, token.position);
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}

#[derive(Clone)]
struct StemWords {
    stems: Stems,
    found: Vec<usize>,
    token: Token,
}

impl Tokenizer for StemWords {
    type TokenStream<'a> = StemStream<'a>;

    fn token_stream<'a>(&'a mut self, text: &'a str) -> StemStream<'a> {
        self.found.clear();
        self.stems.each(text, |number| self.found.push(number));
        self.token.reset();
        StemStream { stems: &self.stems, found: &self.found, token: &mut self.token, next: 0 }
    }
}

struct StemStream<'a> {
    stems: &'a Stems,
    found: &'a [usize],
    token: &'a mut Token,
    next: usize,
}

impl TokenStream for StemStream<'_> {
    fn advance(&mut self) -> bool {
        let Some(number) = self.found.get(self.next) else { return false };
        self.stems.text(*number).clone_into(&mut self.token.text);
        self.token.position = self.next;
        self.next += 1;
        true
    }

    fn token(&self) -> &Token {
        self.token
    }

    fn token_mut(&mut self) -> &mut Token {
        self.token
    }
}
