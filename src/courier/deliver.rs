//! One call's way out, and what is written down about it. Whatever happens, the call ends in a state that somebody can see.

use super::client::{Client, NoWay};
use crate::action::answer::{self, Answer, Fate, Outcome};
use crate::action::call::{self, Call};
use crate::action::request::{self, Request};
use crate::action::{Action, Facts, Inside, Secrets, Target};
use crate::database::{self, Database, Millis};
use crate::desk::{self, returns};
use crate::failpoint::reached;
use crate::secret::SecretKey;
use crate::setting;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;
use tokio::sync::watch;

/// Between two tries to write down a result while the disk is full.
const RECORD_AGAIN: Duration = Duration::from_secs(1);
/// How long a stop waits for the answer to what has left; without it the call is uncertain.
const STOP_PATIENCE: Duration = Duration::from_secs(5);
const INTERRUPTED: &str = "Restante was stopped before the answer came.";

/// What a call needs.
pub struct Office {
    pub db: Database,
    key: SecretKey,
    client: Client,
    stopping: AtomicBool,
    bell: watch::Sender<bool>,
    clock: Box<dyn Fn() -> Millis + Send + Sync>,
}

/// How an attempt went: with the answer itself, for who reads more in it.
type Attempt = (Outcome, Option<Answer>);

impl Office {
    pub fn new(db: Database, key: SecretKey, client: Client, clock: impl Fn() -> Millis + Send + Sync + 'static) -> Office {
        Office { db, key, client, stopping: AtomicBool::new(false), bell: watch::Sender::new(false), clock: Box::new(clock) }
    }

    pub fn now(&self) -> Millis {
        (self.clock)()
    }

    pub fn stop(&self) {
        self.stopping.store(true, Ordering::SeqCst);
        self.bell.send_replace(true);
        self.db.ticks().advance();
    }

    pub fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::SeqCst)
    }

    /// Calls that were on their way when the process ended: waiting again, or without an answer.
    pub fn recover(&self) -> Result<(), desk::Error> {
        for (id, left) in self.db.read(call::interrupted)? {
            let now = self.now();
            self.db.write(move |tx| match left {
                true => returns::called(tx, id, &Outcome::unanswered(Fate::Uncertain, INTERRUPTED), None, now),
                false => Ok(call::release(tx, id)?),
            })?;
        }
        Ok(())
    }

    /// Takes the oldest due call.
    pub fn claim(&self) -> database::Result<Option<(Call, Action)>> {
        let (word, now) = (crate::world::random_word(), self.now());
        self.db.write(move |tx| call::claim(tx, &word, now))
    }

    /// Calls, and writes down what became of it.
    pub fn deliver(&self, call: &Call, action: &Action) {
        reached("courier.claimed");
        let attempt = match tokio::runtime::Builder::new_current_thread().enable_all().build() {
            Ok(runtime) => {
                let attempt = catch_unwind(AssertUnwindSafe(|| runtime.block_on(self.attempt(call, action))));
                runtime.shutdown_background(); // a name that is still being looked for holds nobody up
                attempt.unwrap_or_else(|_| Some((self.poisoned(call), None)))
            }
            Err(e) => Some((Outcome::unanswered(Fate::NotNow, format!("There is no room to call now ({e}).")), None)),
        };
        reached("courier.answered");
        let id = call.id;
        loop {
            let (attempt, now) = (attempt.clone(), self.now());
            let written: Result<(), desk::Error> = self.db.write(move |tx| match attempt {
                Some((outcome, answer)) => returns::called(tx, id, &outcome, answer.as_ref(), now),
                None => Ok(call::release(tx, id)?),
            });
            let Err(e) = written else { break };
            tracing::error!(call = id.0, "what became of a call cannot be written down: {e}");
            if self.is_stopping() || matches!(e, desk::Error::Database(database::Error::Closed)) {
                return; // the journal knows whether it left
            }
            std::thread::sleep(RECORD_AGAIN);
        }
        reached("courier.recorded");
    }

    /// A fault of our own: what it may have done is in the journal.
    fn poisoned(&self, call: &Call) -> Outcome {
        tracing::error!(call = call.id.0, "a call went wrong inside Restante");
        let left = self.db.read(call::interrupted).is_ok_and(|calls| calls.contains(&(call.id, true)));
        let fate = if left { Fate::Uncertain } else { Fate::Refused };
        Outcome::unanswered(fate, "Restante could not make this call, by a fault of its own: please report it.")
    }

    /// `None`: broken off before anything left.
    async fn attempt(&self, call: &Call, action: &Action) -> Option<Attempt> {
        let inside = match self.db.read(|c| setting::get::<Inside>(c, setting::INSIDE_HOSTS)) {
            Ok(inside) => inside.unwrap_or_default(),
            Err(e) => return Some((Outcome::unanswered(Fate::NotNow, format!("The settings cannot be read now: {e}.")), None)),
        };
        let (request, secrets) = match prepare(&self.key, action, &call.facts, call.key.as_deref().unwrap_or_default(), self.now()) {
            Ok(ready) => ready,
            Err(words) => return Some((Outcome::unanswered(Fate::Refused, words), None)),
        };
        let mut bell = self.bell.subscribe();
        let connection = tokio::select! {
            connection = self.client.connect(&request.target, &inside) => connection,
            _ = bell.wait_for(|stop| *stop) => return None,
        };
        let connection = match connection {
            Ok(connection) => connection,
            Err(NoWay::Forbidden(words)) => return Some((Outcome::unanswered(Fate::Refused, words), None)),
            Err(NoWay::Unreachable(words)) => return Some((Outcome::unanswered(Fate::NotNow, words), None)),
        };
        // The commit before it leaves: from here on nobody may say that nothing happened.
        let (id, shown, now) = (call.id, request.shown.clone(), self.now());
        if let Err(e) = self.db.write::<_, database::Error>(move |tx| call::note_left(tx, id, &shown, now)) {
            return Some((Outcome::unanswered(Fate::NotNow, format!("Not called, because that could not be written down first: {e}.")), None));
        }
        reached("courier.leaving");
        let exchange = connection.exchange(&request);
        let patience = async {
            bell.wait_for(|stop| *stop).await.ok();
            tokio::time::sleep(STOP_PATIENCE).await;
        };
        let answer = tokio::select! {
            answer = exchange => answer,
            () = patience => Err(INTERRUPTED.to_owned()),
        };
        tracing::info!(call = call.id.0, host = request.target.host_text(), status = answer.as_ref().ok().map(|a| a.status), "called");
        Some(match answer {
            Ok(answer) => (answer::judge(action, &secrets, &answer), Some(answer)),
            Err(words) => (Outcome::unanswered(Fate::Uncertain, words), None),
        })
    }
}

fn prepare(key: &SecretKey, action: &Action, facts: &Facts, word: &str, now: Millis) -> Result<(Request, Secrets), String> {
    let target = Target::filled(&action.definition.url, &request::with_key(facts, word))?;
    let secrets = Secrets::open(key, &target, action.sealed.as_deref())?;
    let request = request::make(action.kind, &action.definition, &secrets, facts, word, now)?;
    Ok((request, secrets))
}

/// A request that an owner tried out, and what came of it.
#[derive(Clone, Debug)]
pub struct Tried {
    pub request: String,
    pub outcome: Outcome,
    pub answer: Option<Answer>,
}

/// Calls at once, outside of the queue: the owner looks at request and answer.
pub fn try_out(client: &Client, key: &SecretKey, action: &Action, facts: &Facts, inside: &Inside, now: Millis) -> Tried {
    let (request, secrets) = match prepare(key, action, facts, &crate::world::random_word(), now) {
        Ok(ready) => ready,
        Err(words) => return Tried { request: String::new(), outcome: Outcome::unanswered(Fate::Refused, words), answer: None },
    };
    let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
        return Tried { request: request.shown, outcome: Outcome::unanswered(Fate::NotNow, "There is no room to call now."), answer: None };
    };
    let answer = runtime.block_on(async {
        match client.connect(&request.target, inside).await {
            Ok(connection) => connection.exchange(&request).await.map_err(|words| (Fate::Uncertain, words)),
            Err(NoWay::Forbidden(words)) => Err((Fate::Refused, words)),
            Err(NoWay::Unreachable(words)) => Err((Fate::NotNow, words)),
        }
    });
    runtime.shutdown_background();
    match answer {
        Ok(answer) => Tried { request: request.shown, outcome: answer::judge(action, &secrets, &answer), answer: Some(answer) },
        Err((fate, words)) => Tried { request: request.shown, outcome: Outcome::unanswered(fate, words), answer: None },
    }
}
