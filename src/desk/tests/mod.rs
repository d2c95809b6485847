//! The journeys as stories, on a real database and without any door.

mod answering;
mod asking;
mod bounces;
mod calling;
mod calling_again;
mod clicks;
mod confirming;
mod following;
mod following_anything;
mod history;
mod joining;
mod judged;
mod luring;
mod offering;
mod pieces;
mod pretending;
mod reminding;
mod returning;
mod several_mails;
mod shop;
mod sums;
