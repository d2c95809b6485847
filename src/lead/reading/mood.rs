//! Whether what a letter names is looked for or liked, or only told of: the print that was returned is no interest.

use super::rules::Class;
use super::said::Said;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mood {
    Wants,
    Had,
    /// Turns its whole clause, where it stands in it alone or not.
    Elsewhere,
}

#[derive(Clone, Copy, Debug)]
struct Mark {
    first: usize,
    last: usize,
    mood: Mood,
}

/// The places of a letter that say how what is named there is meant.
pub struct Moods<'s> {
    said: &'s Said,
    /// In the order of their first words, none within another.
    marks: Vec<Mark>,
}

impl Moods<'_> {
    pub fn of(said: &Said) -> Moods<'_> {
        let mut marks: Vec<Mark> = said.hits.iter().filter_map(|hit| Some(Mark { first: hit.first, last: hit.last, mood: mood(said, hit)? })).collect();
        // By their first words, the longest first: what lies within one before it says nothing of its own.
        marks.sort_by_key(|mark| (mark.first, std::cmp::Reverse(mark.last)));
        let mut reached: Option<Mark> = None;
        marks.retain(|mark| {
            let within = reached.is_some_and(|before| mark.last <= before.last && (before.first, before.last) != (mark.first, mark.last));
            if reached.is_none_or(|before| mark.last > before.last) {
                reached = Some(*mark);
            }
            !within
        });
        let mut moods = Moods { said, marks };
        moods.take_questions();
        moods
    }

    /// A question about a piece is one of somebody who wants it.
    fn take_questions(&mut self) {
        let words = &self.said.words;
        for at in 0..words.len() {
            let sentence = words.sentence(at);
            let begins = at == 0 || words.sentence(at - 1) != sentence;
            if begins && self.said.asks(sentence) && !self.marks.iter().any(|mark| words.sentence(mark.first) == sentence) {
                self.marks.push(Mark { first: at, last: at, mood: Mood::Wants });
            }
        }
        self.marks.sort_by_key(|mark| mark.first);
    }

    pub fn wants_anything(&self) -> bool {
        self.marks.iter().any(|mark| mark.mood == Mood::Wants)
    }

    /// Nothing in the letter says how it is meant.
    pub fn says_nothing(&self) -> bool {
        self.marks.is_empty()
    }

    /// Nothing in the letter is about an order, a parcel or a return.
    pub fn is_plain(&self) -> bool {
        [Class::Elsewhere, Class::Order].iter().all(|class| self.said.of_class(*class).next().is_none())
    }

    /// What is said nearest decides: before it in its clause, behind it there, in its sentence, in the sentences before, behind.
    pub fn likes(&self, at: usize) -> bool {
        let (words, said) = (&self.said.words, self.said);
        if said.is_denied(at) {
            return false;
        }
        let clause = |mark: &&Mark| said.clause(mark.first) == said.clause(at);
        if self.marks.iter().filter(clause).any(|mark| mark.mood == Mood::Elsewhere) {
            return false;
        }
        let sentence = |mark: &&Mark| words.sentence(mark.first) == words.sentence(at);
        let nearest = |within: &dyn Fn(&&Mark) -> bool| {
            let before = self.marks.iter().filter(within).rfind(|mark| mark.first <= at);
            before.or_else(|| self.marks.iter().filter(within).find(|mark| mark.first > at))
        };
        let mark = nearest(&clause).or_else(|| nearest(&sentence)).or_else(|| nearest(&|_| true));
        mark.is_some_and(|mark| mark.mood == Mood::Wants)
    }
}

fn mood(said: &Said, hit: &super::rules::Hit) -> Option<Mood> {
    let sentence = || said.words.sentence(hit.first);
    match hit.class {
        Class::Wants | Class::Similar => Some(Mood::Wants),
        Class::Tell if said.says(sentence(), Class::Again) && !said.says(sentence(), Class::State) => Some(Mood::Wants),
        Class::Had => Some(Mood::Had),
        Class::Elsewhere => Some(Mood::Elsewhere),
        _ => None,
    }
}
