//! `gomend audit`: the production checklist of each program.

use super::args::{AuditArgs, AuditFormat};
use super::io::{Io, tolerate};
use super::setup::Setup;
use super::{ERROR, OK, Stop};
use crate::audit::Auditor;
use crate::disk::Disk;
use crate::engine::discover::{Discovery, Request, Wanted};
use crate::report::{EscapeForm, audit, human};
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

/// Runs the verb.
pub fn run(args: AuditArgs, io: &mut Io<'_>) -> Result<u8, Stop> {
    let setup = Setup::new(&args.target(), false, io)?;
    let found: Mutex<Vec<PathBuf>> = Mutex::default();
    let discovery = Discovery::plan(Request {
        paths: &setup.paths,
        cwd: &setup.cwd,
        include: setup.include.clone(),
        policy: &*setup.settings,
        threads: setup.jobs,
        disk: Disk::default(),
    })?;
    let outcome = discovery.run(|| {
        |wanted: Wanted| {
            found.lock().unwrap_or_else(PoisonError::into_inner).push(wanted.absolute);
            ControlFlow::Continue(())
        }
    });
    let go_work = std::env::var_os("GOWORK");
    let auditor = Auditor {
        cwd: &setup.cwd,
        go_work: go_work.as_deref(),
        limits: setup.limits,
        runtime_importers: &|directory| setup.settings.may_import_runtime(directory),
    };
    let mut audited = auditor.audit(found.into_inner().unwrap_or_else(PoisonError::into_inner));
    audited.failures.extend(outcome.failures);
    audited.failures.sort();
    let render = io.render(args.color);
    if matches!(args.format, AuditFormat::Json) {
        io.stdout.form = EscapeForm::Json;
    }
    let out = &mut io.stdout;
    tolerate(
        match args.format {
            AuditFormat::Human => audit::human(out, &audited, render),
            AuditFormat::Json => audit::json(out, &audited, false),
            AuditFormat::Markdown => audit::markdown(out, &audited),
        }
        .and_then(|()| out.flush()),
    )?;
    let render = io.err_render(args.color);
    human::failures(&mut io.stderr, &audited.failures, render)?;
    Ok(if audited.failures.is_empty() { OK } else { ERROR })
}
