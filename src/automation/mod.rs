//! What Restante does by itself. Pure: what is known goes in, an action or nothing comes out; the desk acts. One file per
//! automation, and this list of them.

pub mod missing_details; // asks for what a return lacks, or says why a person should
pub mod refund_email;
pub mod reminder; // asks a silent customer once more, then tells an agent // a mail that asks for a return opens one, its answer fills it
