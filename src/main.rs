//! The gomend binary: hands the process's arguments and streams to the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    ExitCode::from(gomend::cli::run(std::env::args_os(), &mut gomend::cli::Io::of_process()))
}
