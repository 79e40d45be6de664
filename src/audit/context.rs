//! What the checks ask, and what they answer.

use super::deployment::Deployment;
use super::line::{AuditPlace, AuditState, MayImportRuntime};
use crate::model::imports::callee;
use crate::model::module::ModuleInfo;
use crate::model::program::Program;
use crate::syntax::File;
use crate::syntax::Node;
use std::path::Path;
use std::sync::Arc;

/// The program and what is known around it.
pub(super) struct CheckContext<'a> {
    pub program: &'a Program,
    pub deployment: &'a Deployment,
    pub module: Option<&'a ModuleInfo>,
    pub shown: &'a dyn Fn(&Path) -> Arc<str>,
    pub runtime_importers: &'a MayImportRuntime<'a>,
}

/// What a check answers, before its line is made of it.
pub(super) struct CheckAnswer {
    pub(super) state: AuditState,
    pub(super) says: String,
    pub(super) places: Vec<AuditPlace>,
}

impl CheckAnswer {
    pub(super) fn new(state: AuditState, says: impl Into<String>) -> CheckAnswer {
        CheckAnswer { state, says: says.into(), places: Vec::new() }
    }

    pub(super) fn at(mut self, places: impl IntoIterator<Item = AuditPlace>) -> CheckAnswer {
        self.places = places.into_iter().collect();
        self.places.sort();
        self.places.dedup();
        self
    }
}

impl CheckContext<'_> {
    pub(super) fn place(&self, file: &File, offset: usize) -> AuditPlace {
        AuditPlace { path: (self.shown)(file.path()), line: file.lines().line(offset) }
    }

    pub(super) fn node(&self, node: Node<'_>) -> AuditPlace {
        self.place(node.file(), node.start())
    }

    pub(super) fn nodes<'n>(&self, nodes: impl IntoIterator<Item = Node<'n>>) -> Vec<AuditPlace> {
        let mut places: Vec<AuditPlace> = nodes.into_iter().map(|node| self.node(node)).collect();
        places.sort();
        places.dedup();
        places
    }

    pub(super) fn file(&self, (path, line): (&Path, usize)) -> AuditPlace {
        AuditPlace { path: (self.shown)(path), line }
    }

    pub(super) fn import(&self, wanted: impl Fn(&str) -> bool) -> Option<AuditPlace> {
        self.program.import(wanted).map(|(file, offset)| self.place(file, offset))
    }

    /// The calls of a symbol in what can run, and whether they stand in the
    /// program's own `package main`.
    pub(super) fn calls(&self, path: &str, name: &str) -> Vec<(Node<'_>, bool)> {
        let mut calls = Vec::new();
        for (mention, own) in self.program.mentions(path, name) {
            let call = mention.parent().filter(|call| callee(*call) == Some(mention));
            calls.extend(call.map(|call| (call, own)));
        }
        calls
    }
}
