//! The gate: reads the command line and calls one command.

use std::process::ExitCode;

fn main() -> ExitCode {
    match restante::commands::run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("restante: {failure:#}");
            ExitCode::FAILURE
        }
    }
}
