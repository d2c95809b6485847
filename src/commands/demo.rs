//! `restante demo`
