//! A text as words: folded for comparing, each with its sentence and its place in the original.

/// The words of a letter in order.
pub struct Words {
    text: String,
    words: Vec<Word>,
}

struct Word {
    folded: String,
    sentence: usize,
    /// Counted through the whole letter: a comma ends one.
    clause: usize,
    from: usize,
    to: usize,
}

impl Words {
    /// Subject and text, the subject being a sentence of its own. `spelt` may put a mistyped word right.
    pub fn of(subject: &str, text: &str, bytes_max: usize, spelt: impl Fn(String) -> String) -> Words {
        let mut whole = format!("{subject}.\n\n{text}");
        let mut end = whole.len().min(bytes_max);
        while !whole.is_char_boundary(end) {
            end -= 1;
        }
        whole.truncate(end);
        let mut words = Words { text: String::new(), words: Vec::new() };
        words.split(&whole, &spelt);
        words.text = whole;
        words
    }

    fn split(&mut self, text: &str, spelt: &impl Fn(String) -> String) {
        let (mut sentence, mut clause, mut start, mut gap) = (0, 0, None, 0);
        let mut before = ' ';
        let mut chars = text.char_indices().peekable();
        while let Some((at, c)) = chars.next() {
            let next = chars.peek().map_or(' ', |(_, c)| *c);
            if c.is_alphanumeric() || (is_apostrophe(c) && start.is_some_and(|from| joins(&text[from..at], next))) {
                start.get_or_insert(at);
                gap = 0;
            } else {
                if let Some(from) = start.take() {
                    self.push(&text[from..at], (sentence, clause, from, at), spelt);
                }
                gap += usize::from(c == '\n');
                // A dot inside a number or an address ends nothing; an empty line always does.
                let stop = matches!(c, '!' | '?' | '。' | '！' | '？') || (c == '.' && !next.is_alphanumeric()) || (c == '\n' && gap == 2);
                clause += usize::from(stop || (matches!(c, ',' | ';' | ':' | '–' | '—' | '(' | ')' | '…') && !next.is_alphanumeric()));
                if stop && (before != '.' || c != '.') {
                    sentence += 1;
                }
            }
            before = c;
        }
        if let Some(from) = start {
            self.push(&text[from..], (sentence, clause, from, text.len()), spelt);
        }
    }

    fn push(&mut self, word: &str, (sentence, clause, from, to): (usize, usize, usize, usize), spelt: &impl Fn(String) -> String) {
        self.words.push(Word { folded: spelt(folded(word)), sentence, clause, from, to });
    }

    pub fn len(&self) -> usize {
        self.words.len()
    }

    pub fn get(&self, at: usize) -> Option<&str> {
        self.words.get(at).map(|word| word.folded.as_str())
    }

    pub fn sentence(&self, at: usize) -> usize {
        self.words[at].sentence
    }

    pub fn clause(&self, at: usize) -> usize {
        self.words[at].clause
    }

    pub fn sentences(&self) -> usize {
        self.words.last().map_or(0, |word| word.sentence + 1)
    }

    pub fn sentence_words(&self, sentence: usize) -> usize {
        self.words.iter().filter(|word| word.sentence == sentence).count()
    }

    /// What was taken apart.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Where the words from one to another stand in it.
    pub fn place(&self, first: usize, last: usize) -> (usize, usize) {
        (self.words[first].from, self.words[last].to)
    }

    /// The original from one word to another, on one line.
    pub fn between(&self, first: usize, last: usize) -> String {
        let (Some(first), Some(last)) = (self.words.get(first), self.words.get(last)) else { return String::new() };
        self.text[first.from..last.to].split_whitespace().collect::<Vec<_>>().join(" ")
    }
}

/// Lower case without accents and apostrophes: "Größe" is "grosse", "don’t" is "dont".
pub fn folded(word: &str) -> String {
    if word.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return word.to_ascii_lowercase();
    }
    let mut folded = String::with_capacity(word.len());
    for c in word.chars().flat_map(char::to_lowercase) {
        match c {
            'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' => folded.push('a'),
            'è' | 'é' | 'ê' | 'ë' => folded.push('e'),
            'ì' | 'í' | 'î' | 'ï' => folded.push('i'),
            'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' => folded.push('o'),
            'ù' | 'ú' | 'û' | 'ü' => folded.push('u'),
            'ç' => folded.push('c'),
            'ñ' => folded.push('n'),
            'ß' => folded.push_str("ss"),
            'œ' => folded.push_str("oe"),
            'æ' => folded.push_str("ae"),
            // What is left of a letter that came in two pieces (NFD).
            '\u{300}'..='\u{36f}' => {}
            c if is_apostrophe(c) => {}
            c => folded.push(c),
        }
    }
    folded
}

fn is_apostrophe(c: char) -> bool {
    matches!(c, '\'' | '’' | '‘' | '`' | '´')
}

/// Whether an apostrophe holds a word together ("don't") or sets two apart ("l'article", "I'd").
fn joins(before: &str, next: char) -> bool {
    next.is_alphabetic() && before.chars().count() > 2
}
