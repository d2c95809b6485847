//! Named steps at which a test can end the process or make a step panic, to show that nothing is lost there.
//! Unarmed, a step costs one relaxed load.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

/// What happens when an armed step is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// End the process at once, as `kill -9` would: no destructor runs.
    Exit,
    /// Panic, as a fault in a parser would.
    Panic,
}

struct Armed {
    step: String,
    passes_left: u32,
    action: Action,
}

static ANY: AtomicBool = AtomicBool::new(false);
static ARMED: Mutex<Option<Armed>> = Mutex::new(None);
static TRACE: Mutex<Option<Vec<&'static str>>> = Mutex::new(None);

/// The exit code of `Action::Exit`, so that a test can tell its own crash from another.
pub const EXIT_CODE: i32 = 86;

/// Arms `step`: after `passes` passes, the next one acts.
pub fn arm(step: &str, passes: u32, action: Action) {
    *ARMED.lock().unwrap_or_else(PoisonError::into_inner) = Some(Armed { step: step.to_owned(), passes_left: passes, action });
    ANY.store(true, Ordering::Relaxed);
}

/// Reads `STEP[:PASSES[:exit|panic]]`, the form of the hidden `--fail-at` option.
pub fn arm_from(words: &str) -> Option<()> {
    let mut parts = words.split(':');
    let step = parts.next().filter(|s| !s.is_empty())?;
    let passes = parts.next().map_or(Some(0), |n| n.parse().ok())?;
    let action = match parts.next() {
        None | Some("exit") => Action::Exit,
        Some("panic") => Action::Panic,
        Some(_) => return None,
    };
    arm(step, passes, action);
    Some(())
}

pub fn disarm() {
    *ARMED.lock().unwrap_or_else(PoisonError::into_inner) = None;
    ANY.store(TRACE.lock().unwrap_or_else(PoisonError::into_inner).is_some(), Ordering::Relaxed);
}

/// Starts to remember which steps are passed, and returns those passed so far: a test takes its list of steps here.
pub fn trace() -> Vec<&'static str> {
    ANY.store(true, Ordering::Relaxed);
    TRACE.lock().unwrap_or_else(PoisonError::into_inner).replace(Vec::new()).unwrap_or_default()
}

/// A step of a journey was reached.
pub fn reached(step: &'static str) {
    if ANY.load(Ordering::Relaxed) {
        act(step);
    }
}

#[cold]
fn act(step: &'static str) {
    if let Some(seen) = TRACE.lock().unwrap_or_else(PoisonError::into_inner).as_mut() {
        seen.push(step);
    }
    let mut armed = ARMED.lock().unwrap_or_else(PoisonError::into_inner);
    let Some(trap) = armed.as_mut().filter(|a| a.step == step) else { return };
    if trap.passes_left > 0 {
        trap.passes_left -= 1;
        return;
    }
    let action = trap.action;
    *armed = None;
    drop(armed);
    match action {
        Action::Exit => std::process::exit(EXIT_CODE),
        Action::Panic => panic!("fail-point {step}"),
    }
}
