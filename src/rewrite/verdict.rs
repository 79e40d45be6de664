//! What the guards say of one site: a level, or a refusal, with its reason.

use super::Applicability;

/// The verdict on a site. The first guard that keeps the code wins; of those
/// that lower the level, the one that lowers it furthest.
#[derive(Clone, Debug)]
pub struct Verdict {
    level: Applicability,
    guard: Option<&'static str>,
    detail: Option<String>,
}

impl Verdict {
    /// Starts from the best level that the rule can promise here.
    pub fn of(level: Applicability) -> Verdict {
        Verdict { level, guard: None, detail: None }
    }

    /// Keeps the code when `holds`, for the reason that `guard` names.
    #[must_use]
    pub fn keep_if(self, holds: bool, guard: &'static str) -> Verdict {
        self.lower_if(holds, Applicability::Kept, guard)
    }

    /// Keeps the code unless `holds`.
    #[must_use]
    pub fn keep_unless(self, holds: bool, guard: &'static str) -> Verdict {
        self.keep_if(!holds, guard)
    }

    /// Promises no more than `level` when `holds`.
    #[must_use]
    pub fn lower_if(self, holds: bool, level: Applicability, guard: &'static str) -> Verdict {
        if holds && level < self.level { Verdict { level, guard: Some(guard), detail: None } } else { self }
    }

    /// Like [`Verdict::lower_if`] for a guard that can say what it saw.
    #[must_use]
    pub fn lower_for(self, seen: Option<String>, level: Applicability, guard: &'static str) -> Verdict {
        match seen {
            Some(detail) if level < self.level => Verdict { level, guard: Some(guard), detail: Some(detail) },
            _ => self,
        }
    }

    /// Like [`Verdict::keep_if`] for a guard that can say what it saw.
    #[must_use]
    pub fn keep_for(self, seen: Option<String>, guard: &'static str) -> Verdict {
        self.lower_for(seen, Applicability::Kept, guard)
    }

    /// Like [`Verdict::keep_for`], for a guard that is dear to ask: it is asked
    /// only when no other has kept the code yet.
    #[must_use]
    pub fn keep_seen(self, seen: impl FnOnce() -> Option<String>, guard: &'static str) -> Verdict {
        if self.level == Applicability::Kept { self } else { self.keep_for(seen(), guard) }
    }

    /// Like [`Verdict::lower_for`], asked only when the level can still fall.
    #[must_use]
    pub fn lower_seen(
        self,
        seen: impl FnOnce() -> Option<String>,
        level: Applicability,
        guard: &'static str,
    ) -> Verdict {
        if level < self.level { self.lower_for(seen(), level, guard) } else { self }
    }

    /// Names the guard that stands for a level which no other guard lowered.
    #[must_use]
    pub fn named(self, guard: &'static str) -> Verdict {
        if self.guard.is_none() { Verdict { guard: Some(guard), ..self } } else { self }
    }

    /// What is promised at this site.
    pub fn level(&self) -> Applicability {
        self.level
    }

    /// The guard that kept the code or lowered the level.
    pub fn guard(&self) -> Option<&'static str> {
        self.guard
    }

    /// What that guard saw here: `ReadMemStats on line 14`.
    pub fn detail(&self) -> Option<&str> {
        self.detail.as_deref()
    }
}
