//! Stories of mail coming in, against a server that misbehaves on command.

mod answer;
mod arriving;
mod commands;
mod encryption;
mod fake;
mod faults;
mod files;
mod full_disk;
mod interrupted;
mod life;
mod measure;
mod numbers;
mod overlap;
mod poison;
mod quarantine;
mod scenarios;
mod shop;
mod touching;
