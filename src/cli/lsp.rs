//! `gomend lsp`: the language server, over standard input and output.

use super::args::LspArgs;
use super::io::Io;
use super::{OK, Stop, catalogue, placed, rule_source, rules};
use crate::lsp::{self, ServerParts};
use crate::report::Escaped;
use crate::transforms::{CATALOGUE, EVIDENCE};
use anyhow::Context;
use std::io::{BufReader, empty, sink, stdin, stdout};

/// What a server ends with that was left without a `shutdown`, as the protocol asks.
const LEFT_EARLY: u8 = 1;

/// Runs the verb.
pub fn run(args: &LspArgs, io: &mut Io<'_>) -> Result<u8, Stop> {
    // The streams belong to the threads of the server, which take no locks that we hold.
    io.stdin = Box::new(empty());
    io.stdout = Escaped::new(Box::new(sink()));
    let parts = ServerParts {
        catalogue: CATALOGUE.to_vec(),
        evidence: EVIDENCE,
        unused_page: rules::UNUSED_PAGE,
        rule_group: catalogue::GROUP,
        rule_folder: rule_source::FOLDER,
        rule_files: |disk, root| catalogue::found_on(disk, root).map_err(|stop| stop.to_string()),
        rule_placing: placed::problems,
        trusted: args.trusted,
    };
    let mut input = BufReader::with_capacity(1 << 16, stdin());
    let shut_down = lsp::run(parts, &mut input, stdout()).context("the language server cannot go on")?;
    Ok(if shut_down { OK } else { LEFT_EARLY })
}
