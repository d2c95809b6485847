//! The gate: reads the command line and calls one command.

use std::process::ExitCode;

fn main() -> ExitCode {
    match restante::commands::run() {
        Ok(()) => ExitCode::SUCCESS,
        // `restante export | head`: whoever read has read enough.
        Err(failure) if failure.chain().any(|e| e.downcast_ref::<std::io::Error>().is_some_and(|e| e.kind() == std::io::ErrorKind::BrokenPipe)) => {
            ExitCode::SUCCESS
        }
        Err(failure) => {
            eprintln!("restante: {failure:#}");
            ExitCode::FAILURE
        }
    }
}
