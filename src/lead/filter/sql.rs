//! From what is asked to one question for SQLite. Every value is bound; only names of ours are written into it.

use super::{Agreed, Filter, Liked, Part, Side, Sign, What, Wished};
use crate::database::{Reader, Result, ToSql, params_from_iter};
use crate::lead::interest::Kind;
use crate::money::Amount;
use crate::order;

/// So many can be sorted at once. Of more, the newest are soon met on a walk from the newest on: whatever is asked, a page is there within
/// 50 ms with 100,000 leads.
pub const FEW: i64 = 2_000;

/// A condition on a row of `customer` (and `lead`), with its values in their order.
#[derive(Default)]
pub struct Condition {
    pub sql: String,
    pub values: Vec<Bound>,
    /// Rows somewhere whose owners are exactly those, or all of those and some more.
    sets: Vec<Set>,
}

/// Rows that belong to a customer.
struct Set {
    from: &'static str,
    whose: &'static str,
    test: String,
    values: Vec<Bound>,
}

/// What is bound, to be bound twice: for looking who it is, and on the walk.
#[derive(Clone, Debug)]
pub enum Bound {
    Words(String),
    Number(i64),
}

impl ToSql for Bound {
    fn to_sql(&self) -> std::result::Result<crate::database::ToSqlOutput<'_>, crate::database::SqlError> {
        match self {
            Bound::Words(text) => text.to_sql(),
            Bound::Number(number) => number.to_sql(),
        }
    }
}

/// The conditions of a filter, with the rarest that was found among few put as their numbers. `lead` says whether the question is about
/// rows of `lead`; otherwise a customer's first sight stands for both contacts.
pub fn narrowed(c: &Reader, filter: &Filter, lead: bool) -> Result<Condition> {
    let mut all = Condition::default();
    let mut narrow = false;
    for part in &filter.parts {
        let condition = of(c, part, lead)?;
        all.sql.push_str(" AND ");
        all.sql.push_str(&condition.sql);
        all.values.extend(condition.values);
        // One look that finds few is enough; the others then look at those few.
        if narrow || part.without || condition.sets.is_empty() {
            continue;
        }
        let found = owners(c, &condition.sets)?;
        if found.len() as i64 <= FEW {
            narrow = true;
            all.sql.push_str(" AND customer.id IN (SELECT value FROM json_each(?))");
            all.values.push(Bound::Words(serde_json::to_string(&found)?));
        }
    }
    Ok(all)
}

/// Whose rows these are, at most one more than few.
fn owners(c: &Reader, sets: &[Set]) -> Result<Vec<i64>> {
    let each: Vec<String> = sets.iter().map(|set| format!("SELECT {} FROM {} WHERE {}", set.whose, set.from, set.test)).collect();
    let values = sets.iter().flat_map(|set| set.values.clone());
    c.all(&format!("{} LIMIT {}", each.join(" UNION ALL "), FEW + 1), params_from_iter(values), |r| r.get(0))
}

fn of(c: &Reader, part: &Part, lead: bool) -> Result<Condition> {
    let not = |condition: Condition| Condition { sql: format!("NOT ({})", condition.sql), sets: Vec::new(), ..condition };
    let condition = match &part.what {
        What::Words(words, codes) => {
            let like = pattern(words);
            let mut sets = vec![
                set("customer AS one", "one.id", "one.name LIKE ? ESCAPE '!'", vec![like.clone()]),
                set("customer_address", "customer_id", "address LIKE ? ESCAPE '!'", vec![like.clone()]),
                set("interest", "customer_id", "removed_at IS NULL AND kind IN ('artist', 'title', 'size', 'budget') AND value LIKE ? ESCAPE '!'", vec![like]),
            ];
            sets.extend(codes.iter().map(|feature| liked(&Liked::Code(feature.clone()))));
            any(sets)
        }
        What::Interest(values) => any(values.iter().map(liked).collect()),
        What::Budget(sign, amount) => any(vec![budget(*sign, *amount)]),
        What::Agreed(values) => {
            let each: Vec<Condition> = values.iter().map(agreed).map(|(sets, without)| if without { not(any(sets)) } else { any(sets) }).collect();
            either(each)
        }
        What::Returns(sign, n) => counted(*sign, *n, set("return_request", "customer_id", "1", Vec::new())),
        What::Orders(sign, n) => counted(*sign, *n, set(BOUGHT, "customer_id", "1", Vec::new())),
        What::Value(sign, amount) => value(*sign, amount.or_in(order::usual_currency(c)?)),
        What::Language(codes) => any(codes.iter().map(|code| set("customer AS one", "one.id", "one.language = ?", vec![Bound::Words(code.clone())])).collect()),
        What::Country(codes) => {
            any(codes.iter().map(|code| set("lead AS own", "own.customer_id", "own.country = ?", vec![Bound::Words(code.clone())])).collect())
        }
        What::Source(sources) => {
            any(sources.iter().map(|source| set("lead AS own", "own.customer_id", "own.source = ?", vec![Bound::Words(source.code().into())])).collect())
        }
        What::Wish(Wished::None) => not(any(vec![set("wish", "customer_id", "1", Vec::new())])),
        What::Wish(Wished::Open) => any(vec![set("wish", "customer_id", "closed_at IS NULL", Vec::new())]),
        What::Wish(Wished::Closed) => any(vec![set("wish", "customer_id", "closed_at IS NOT NULL", Vec::new())]),
        What::Last(side, at) => time(if lead { "lead.last_contact_at" } else { "customer.created_at" }, *side, *at),
        What::First(side, at) if lead => first(*side, *at),
        What::First(side, at) => time("customer.created_at", *side, *at),
    };
    Ok(if part.without { not(condition) } else { condition })
}

/// Orders of a customer: by the addresses they are known under.
const BOUGHT: &str = "customer_address JOIN shop_order ON shop_order.address = customer_address.address";

fn set(from: &'static str, whose: &'static str, test: &str, values: Vec<Bound>) -> Set {
    Set { from, whose, test: test.to_owned(), values }
}

/// There is a row of one of these.
fn any(sets: Vec<Set>) -> Condition {
    let test = |set: &Set| match set.from {
        // The row itself is at hand.
        "customer AS one" => set.test.replace("one.", "customer."),
        from => format!("EXISTS (SELECT 1 FROM {from} WHERE {} = customer.id AND {})", set.whose, set.test),
    };
    let each: Vec<String> = sets.iter().map(test).collect();
    let values = sets.iter().flat_map(|set| set.values.clone()).collect();
    Condition { sql: format!("({})", each.join(" OR ")), values, sets }
}

fn either(each: Vec<Condition>) -> Condition {
    let narrows = each.iter().all(|condition| !condition.sets.is_empty());
    let mut whole = Condition { sql: format!("({})", each.iter().map(|one| one.sql.as_str()).collect::<Vec<_>>().join(" OR ")), ..Condition::default() };
    for one in each {
        whole.values.extend(one.values);
        whole.sets.extend(one.sets);
    }
    if !narrows {
        whole.sets.clear();
    }
    whole
}

fn pattern(words: &str) -> Bound {
    Bound::Words(format!("%{}%", words.replace('!', "!!").replace('%', "!%").replace('_', "!_")))
}

fn liked(liked: &Liked) -> Set {
    let (kind, test, value): (Kind, &str, Bound) = match liked {
        Liked::Code(feature) => (feature.kind, "removed_at IS NULL AND kind = ? AND value = ?", Bound::Words(feature.value.clone())),
        Liked::Like(kind, words) => (*kind, "removed_at IS NULL AND kind = ? AND value LIKE ? ESCAPE '!'", pattern(words)),
    };
    set("interest", "customer_id", test, vec![Bound::Words(kind.code().into()), value])
}

/// "200 EUR" is kept as words that begin with the number; one without a currency is of any.
fn budget(sign: Sign, amount: Amount) -> Set {
    let mut test = format!("removed_at IS NULL AND kind = 'budget' AND CAST(value AS REAL) {} CAST(? AS REAL)", sign.sql());
    let mut values = vec![Bound::Words(amount.digits())];
    if let Some(currency) = amount.currency {
        test.push_str(" AND (value LIKE '% ' || ? OR value NOT LIKE '% %')");
        values.push(Bound::Words(currency.as_str().into()));
    }
    set("interest", "customer_id", &test, values)
}

/// Rows that say so, or that must not be there.
fn agreed(agreed: &Agreed) -> (Vec<Set>, bool) {
    let live = |test: &str, values| vec![set("consent", "customer_id", test, values)];
    match agreed {
        Agreed::To(purpose) => (live("withdrawn_at IS NULL AND purpose = ?", vec![Bound::Words(purpose.code().into())]), false),
        Agreed::Any => (live("withdrawn_at IS NULL", Vec::new()), false),
        Agreed::None => (live("withdrawn_at IS NULL", Vec::new()), true),
        Agreed::Stopped => (live("withdrawn_at IS NOT NULL", Vec::new()), false),
    }
}

fn counted(sign: Sign, n: i64, rows: Set) -> Condition {
    let sql = format!("(SELECT count(*) FROM {} WHERE {} = customer.id) {} ?", rows.from, rows.whose, sign.sql());
    let owners = Set { test: format!("1 GROUP BY {} HAVING count(*) {} ?", rows.whose, sign.sql()), values: vec![Bound::Number(n)], ..rows };
    // Who has none is in no row.
    Condition { sql, values: vec![Bound::Number(n)], sets: if sign.holds(0, n) { Vec::new() } else { vec![owners] } }
}

/// Sums that name no currency are in the shop's own.
fn value(sign: Sign, amount: Amount) -> Condition {
    let currency = Bound::Words(amount.currency.map_or(String::new(), |currency| currency.as_str().to_owned()));
    let sql = format!("coalesce((SELECT sum(total_minor) FROM {BOUGHT} WHERE customer_id = customer.id AND coalesce(currency, ?) = ?), 0) {} ?", sign.sql());
    let values = vec![currency.clone(), currency, Bound::Number(amount.minor)];
    let owners = format!("coalesce(currency, ?) = ? GROUP BY customer_id HAVING sum(total_minor) {} ?", sign.sql());
    let sets = if sign.holds(0, amount.minor) { Vec::new() } else { vec![set(BOUGHT, "customer_id", &owners, values.clone())] };
    Condition { sql, values, sets }
}

fn time(column: &'static str, side: Side, at: i64) -> Condition {
    let sign = if side == Side::Since { ">=" } else { "<" };
    Condition { sql: format!("{column} {sign} ?"), values: vec![Bound::Number(at)], sets: Vec::new() }
}

/// Whoever came lately also wrote lately: that is where the walk ends.
fn first(side: Side, at: i64) -> Condition {
    let first = time("lead.first_contact_at", side, at);
    if side == Side::Before {
        return first;
    }
    let last = time("lead.last_contact_at", side, at);
    Condition { sql: format!("{} AND {}", first.sql, last.sql), values: [first.values, last.values].concat(), sets: Vec::new() }
}

impl Sign {
    fn sql(self) -> &'static str {
        match self {
            Sign::Less => "<",
            Sign::AtMost => "<=",
            Sign::Equal => "=",
            Sign::AtLeast => ">=",
            Sign::More => ">",
        }
    }

    fn holds(self, left: i64, right: i64) -> bool {
        match self {
            Sign::Less => left < right,
            Sign::AtMost => left <= right,
            Sign::Equal => left == right,
            Sign::AtLeast => left >= right,
            Sign::More => left > right,
        }
    }
}
