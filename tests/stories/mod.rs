//! The main jobs from end to end, as people live them: one file per story.

mod a_customer_is_answered;
mod a_refund_is_issued_once;
mod a_refund_mail_becomes_a_return;
mod a_wish_comes_true;
pub mod agent_at_work;
mod every_screen;
mod first_start_in_the_browser;
mod the_demo_needs_nothing;
mod the_servers_of_these_tests_work;
