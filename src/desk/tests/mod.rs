//! The journeys as stories, on a real database and without any door.

mod agreeing;
mod answering;
mod arriving;
mod asking;
mod bounces;
mod calling;
mod calling_again;
mod calling_early;
mod clicks;
mod confirming;
mod history;
mod joining;
mod judged;
mod kinds;
mod looking_up;
mod luring;
mod odd_numbers;
mod packaging;
mod pieces;
mod pretending;
mod reminding;
mod returning;
mod several_mails;
mod shop;
mod sums;
mod telling;
