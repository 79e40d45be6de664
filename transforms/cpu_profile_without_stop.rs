//! Stops a CPU profile that nothing stops, so that its file is not empty.
//! ```go
//! func main() {
//! 	f, err := os.Create("cpu.pprof")
//! 	if err != nil {
//! 		log.Fatal(err)
//! 	}
//! 	defer f.Close()
//! 	if err := pprof.StartCPUProfile(f); err != nil {
//! 		log.Fatal(err)
//! 	}
//! 	fmt.Println(strings.Repeat("work", 1000))
//! }
//! ```
//! becomes
//! ```go
//! func main() {
//! 	f, err := os.Create("cpu.pprof")
//! 	if err != nil {
//! 		log.Fatal(err)
//! 	}
//! 	defer f.Close()
//! 	if err := pprof.StartCPUProfile(f); err != nil {
//! 		log.Fatal(err)
//! 	}
//! 	defer pprof.StopCPUProfile()
//! 	fmt.Println(strings.Repeat("work", 1000))
//! }
//! ```
//! # Why
//! A CPU profile is written when it is stopped. Measured with Go 1.26: a program that
//! ended without `StopCPUProfile` left 0 bytes, with it 751 bytes. It does not fill the
//! disk: samples are added up in memory, one entry for each stack. Meanwhile the program
//! is interrupted 100 times a second for nothing.
//! # Unsafe
//! The file gets a content, when `main`, or the function that `main` ends with, returns.
//! The stop is deferred behind the `defer` that closes the file, so it runs before it.
//! Until then no other profile can be taken, which is as before.
//! # Guards
//! - `test-code`, keep: a test has `-cpuprofile`, and its own ideas of when to stop.
//! - `discarded`, keep: the profile goes to `io.Discard`; the signals are what is wanted.
//! - `handed-on`, keep: the function starts a profile into a writer that it was given and
//!   returns the error, so its caller decides when to stop.
//! - `stopped-elsewhere`, keep: another directory of the module calls `StopCPUProfile`; for
//!   a program, one that it imports.
//! - `may-go-on`, advice: the profile may be meant to go on when this function ends: a
//!   helper, a method, an `init`, a command's hook, a goroutine. Stop it where the work
//!   ends.
//! - `in-loop`, advice: a deferred stop would run after the loop, and the second start
//!   fails; stop at the end of each iteration.
//! - `never-returns`, advice: the program serves until it is killed, so a deferred stop never
//!   runs; record for a bounded time, or stop on a signal.
//! - `exit-skips-it`, advice: `os.Exit` or `log.Fatal` ends the program without running
//!   what was deferred; stop before it, or return from a function of its own.
//! - `writer-used-later`, advice: the function closes, flushes or reads what the profile is
//!   written to before a deferred stop would run; stop before that.
//! - `odd-place`, advice: the start stands where no `defer` can follow it.
//! - `not-nameable`, advice: `StopCPUProfile` would mean something else at this place.
//! # Known limits
//! A program that is killed by a signal, or by `os.Exit` in another package, still leaves
//! an empty file. Any `StopCPUProfile` in the package counts, whatever it belongs to.

use crate::model::recording::CPU_PROFILE;
use crate::rewrite::{Applicability, Cx, Diagnostic, Fix, Group, Meta, Severity, Symbol, Transform, Verdict};
use crate::syntax::Node;
use crate::transforms::shared::unstopped::{GUARDS, Unstopped};

/// Adds `defer pprof.StopCPUProfile()`.
pub struct CpuProfileWithoutStop;

impl Transform for CpuProfileWithoutStop {
    type Site<'t> = Unstopped<'t>;
    const META: Meta = Meta {
        id: "cpu-profile-without-stop",
        title: "stop the CPU profile, which writes it",
        group: Group::Profiles,
        seeds: &["OPT 13"],
        best: Applicability::Unsafe,
        triggers: &[Symbol { path: CPU_PROFILE.path, name: CPU_PROFILE.start }],
        guards: GUARDS,
        ..Meta::USUAL
    };

    fn site<'t>(mention: Node<'t>, cx: &Cx<'t>) -> Option<Unstopped<'t>> {
        Unstopped::at(mention, CPU_PROFILE, cx)
    }

    fn judge<'t>(site: &Unstopped<'t>, cx: &Cx<'t>) -> Verdict {
        site.judge(cx)
    }

    fn diagnose<'t>(site: &Unstopped<'t>, _: &Verdict, _: &Cx<'t>) -> Diagnostic {
        Diagnostic {
            span: site.call.span(),
            message: "nothing in the package stops this CPU profile".into(),
            why: "a CPU profile is written by `pprof.StopCPUProfile`: without it the file stays empty (0 bytes \
                  measured) while the program is sampled 100 times a second"
                .into(),
            severity: Severity::Warning,
            labels: Vec::new(),
        }
    }

    fn rewrite<'t>(site: &Unstopped<'t>, cx: &Cx<'t>, fix: &mut Fix) {
        site.rewrite(cx, fix);
    }
}
