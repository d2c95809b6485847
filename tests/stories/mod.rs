//! The main jobs from end to end, as people live them: one file per story.

mod the_servers_of_these_tests_work;
