//! Stories of mail coming in, against a server that misbehaves on command.

mod answer;
mod arriving;
mod commands;
mod encryption;
mod fake;
mod faults;
mod files;
mod measure;
mod numbers;
mod overlap;
mod poison;
mod shop;
mod touching;
