//! The promises that need the whole product, real servers or a browser, one file each. Those of a single room stand
//! beside its code under the same names.

mod p01_accepted_is_durable;
mod p02_interrupted_anywhere;
mod p03_durable_before_touched;
mod p05_one_mail_to_several;
mod p06_flags_of_others;
mod p09_expunged_meanwhile;
mod p11_faults_heal_themselves;
mod p12_tls_or_nothing;
mod p15_a_confirmed_reply_is_sent;
mod p25_a_full_disk_is_a_pause;
mod p26_any_call_may_fail;
mod p27_locks_do_not_reach_users;
mod p29_a_restore_sends_nothing;
mod p31_migrations;
mod p32_it_stays_small;
mod p32_one_writer;
mod p45_no_script_from_mail;
mod p46_mail_is_framed;
mod p47_opening_a_mail_contacts_nobody;
mod p49_a_browser_reads_what_was_judged;
mod p54_headers_everywhere;
mod p61_calls_stay_outside;
mod p62_secrets_stay_secret;
mod p64_known_holes_do_not_ship;
mod p66_a_hostile_picture_harms_nobody;
mod p69_erased_is_erased;
