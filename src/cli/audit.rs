//! `gomend audit`: the production checklist of each program.

use super::args::{AuditArgs, AuditFailOn, AuditFormat};
use super::io::{Io, tolerate};
use super::setup::Setup;
use super::{ERROR, FINDINGS, OK, Stop};
use crate::audit::{AuditLine, AuditState, Auditor};
use crate::report::{EscapeForm, audit, human};

/// Runs the verb.
pub fn run(args: AuditArgs, io: &mut Io<'_>) -> Result<u8, Stop> {
    let setup = Setup::new(&args.target(), false, io)?;
    let (files, unreached) = setup.files()?;
    let nothing = files.is_empty() && unreached.is_empty();
    let go_work = std::env::var_os("GOWORK");
    let auditor = Auditor {
        cwd: &setup.cwd,
        go_work: go_work.as_deref(),
        limits: setup.limits,
        runtime_importers: &|directory| setup.settings.may_import_runtime(directory),
    };
    let mut audited = auditor.audit(files);
    audited.failures.extend(unreached);
    audited.failures.extend(nothing.then(|| setup.nothing_there()));
    audited.failures.sort();
    let render = io.render(args.color);
    if matches!(args.format, AuditFormat::Json) {
        io.stdout.form = EscapeForm::Json;
    }
    let out = &mut io.stdout;
    tolerate(
        match args.format {
            AuditFormat::Human => audit::human(out, &audited, args.verbose, render),
            AuditFormat::Json => audit::json(out, &audited, false),
            AuditFormat::Markdown => audit::markdown(out, &audited),
        }
        .and_then(|()| out.flush()),
    )?;
    let render = io.err_render(args.color);
    human::failures(&mut io.stderr, &audited.failures, render)?;
    let least = match args.fail_on {
        AuditFailOn::Missing => AuditState::Missing,
        AuditFailOn::Undecidable => AuditState::Undecidable,
        AuditFailOn::Never => return Ok(if audited.failures.is_empty() { OK } else { ERROR }),
    };
    let fails = |line: &AuditLine| line.state == AuditState::Missing || line.state == least;
    let fails = audited.programs.iter().flat_map(|program| &program.lines).any(fails);
    Ok(match audited.failures.is_empty() {
        false => ERROR,
        true if fails => FINDINGS,
        true => OK,
    })
}
