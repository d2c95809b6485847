//! What a return is about in money: what the customer says that it cost, what the shop knows, what the clause keeps of it, and to which
//! sum an owner has to agree.

use super::decide::Deciding;
use super::judge::judging_clause;
use crate::database::Reader;
use crate::desk::Result;
use crate::money::{Amount, Currency};
use crate::return_policy::Clause;
use crate::return_request::fields::{self, Value};
use crate::return_request::{Decision, Request, ReturnId, board, fact};
use crate::{order, setting};

/// Sums that are known of a return, in the currency that is meant where none was said.
#[derive(Clone, Copy, Debug)]
pub struct Sums {
    /// What the customer says that it cost.
    pub stated: Option<Amount>,
    /// What the pieces that come back cost.
    pub suggested: Option<Amount>,
    /// What the whole order came to.
    pub order: Option<Amount>,
    /// The order's currency; else the one that was spoken of, else the limit's.
    pub currency: Option<Currency>,
}

pub fn sums(c: &Reader, request: &Request) -> Result<Sums> {
    let (_, suggested) = board::pieces(c, request)?;
    let order = request.order_id.map(|order| order::find(c, order)).transpose()?.flatten().and_then(|order| order.total);
    let stated = stated(c, request.id)?;
    let of_shop = [order, suggested].into_iter().flatten().find_map(|amount| amount.currency);
    let currency = of_shop.or(stated.and_then(|amount| amount.currency)).or(limit(c)?.and_then(|limit| limit.currency));
    // What the shop's own table left out nobody fills in from elsewhere: 6800 of its yen are not 6800 of the limit's euros.
    let meant = |amount: Option<Amount>| amount.map(|amount| amount.or_in(of_shop));
    Ok(Sums { stated: stated.map(|amount| amount.or_in(currency)), suggested: meant(suggested), order: meant(order), currency })
}

pub(super) fn stated(c: &Reader, id: ReturnId) -> Result<Option<Amount>> {
    Ok(match fact::of(c, id)?.certain(fields::AMOUNT) {
        Some(Value::Amount(amount)) => Some(*amount),
        _ => None,
    })
}

impl Sums {
    /// What it is about, where nobody has decided on a sum.
    pub fn known(&self) -> Option<Amount> {
        self.stated.or(self.suggested)
    }

    /// What was decided, with its currency; what moves no money has no sum.
    pub fn complete(&self, deciding: Deciding) -> Deciding {
        let amount = deciding.amount.filter(|_| deciding.decision.moves_money());
        Deciding { amount: amount.map(|amount| amount.or_in(self.currency)), ..deciding }
    }

    /// Each of these may be what moves: a small sum that a customer states does not make a dear piece cheap.
    fn at_stake(&self) -> Vec<Amount> {
        [self.stated, self.suggested.or(self.order)].into_iter().flatten().collect()
    }
}

fn limit(c: &Reader) -> Result<Option<Amount>> {
    Ok(setting::get::<Amount>(c, setting::OWNER_AGREES_ABOVE)?)
}

/// Why an agent may not let this sum go alone, in words; without one, what the return is about is held against the limit.
pub(super) fn unagreed(c: &Reader, request: &Request, amount: Option<Amount>) -> Result<Option<String>> {
    let Some(limit) = limit(c)? else { return Ok(None) };
    let at_stake = match amount {
        Some(amount) => vec![amount],
        None => sums(c, request)?.at_stake(),
    };
    if at_stake.is_empty() {
        return Ok(Some("No amount is given, and an owner has to agree: no sum is known.".into()));
    }
    let above = at_stake.into_iter().find(|amount| is_above(limit, *amount));
    Ok(above.map(|amount| format!("{amount} is above what agents decide alone: an owner has to agree.")))
}

/// Whether an owner has to agree to it.
pub(super) fn above_limit(c: &Reader, amount: Amount) -> Result<bool> {
    Ok(limit(c)?.is_some_and(|limit| is_above(limit, amount)))
}

/// A sum in another currency than the limit's, or in one that is not known, cannot be compared: an owner looks.
fn is_above(limit: Amount, amount: Amount) -> bool {
    amount.currency != limit.currency || amount.is_more_than(limit)
}

/// What is proposed to go back.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposal {
    pub amount: Option<Amount>,
    /// "€100.00 − 15 % restocking €15.00 − processing €5.00 = €80.00"; empty where the clause keeps nothing.
    pub arithmetic: String,
}

/// What the return is about, less what the clause that judged keeps of it. Without such fees a part of it is anybody's guess.
pub fn proposal(c: &Reader, request: &Request, decision: Decision) -> Result<Proposal> {
    let Some(whole) = sums(c, request)?.known() else { return Ok(Proposal::default()) };
    let keeps = matches!(decision, Decision::Refund | Decision::PartialRefund);
    let clause = if keeps { judging_clause(c, request)? } else { None };
    Ok(match clause.and_then(|clause| less_fees(whole, &clause)) {
        Some(proposal) => proposal,
        None if decision == Decision::PartialRefund => Proposal::default(),
        None => Proposal { amount: Some(whole), arithmetic: String::new() },
    })
}

/// `None` where the clause has no fees.
fn less_fees(whole: Amount, clause: &Clause) -> Option<Proposal> {
    let (percent, fee) = (clause.terms.restocking_percent, clause.terms.processing_fee.filter(|fee| fee.minor > 0));
    if percent == 0 && fee.is_none() {
        return None;
    }
    let (mut rest, mut words) = (whole, whole.to_string());
    if percent > 0 {
        // Half a cent is rounded up; 128 bits, because a sum of any size was typed by somebody.
        let kept = i64::try_from((i128::from(whole.minor) * i128::from(percent) + 50) / 100).unwrap_or(whole.minor);
        rest.minor -= kept;
        words.push_str(&format!(" − {percent} % restocking {}", Amount { minor: kept, ..whole }));
    }
    match fee {
        Some(fee) if fee.currency == whole.currency || fee.currency.is_none() || whole.currency.is_none() => {
            rest.minor = rest.minor.saturating_sub(fee.minor);
            words.push_str(&format!(" − processing {fee}"));
        }
        Some(fee) => words.push_str(&format!(" (the processing fee of {fee} is in another currency: take it off by hand)")),
        None => {}
    }
    if rest.minor <= 0 {
        return Some(Proposal { amount: None, arithmetic: format!("{words} leaves nothing") });
    }
    Some(Proposal { amount: Some(rest), arithmetic: format!("{words} = {rest}") })
}
