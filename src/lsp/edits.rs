//! Edits of bytes as edits of the protocol.

use super::client::ClientAbilities;
use super::document::{OpenDocument, OpenDocuments};
use super::place;
use super::position::{Encoding, PlacedText};
use super::project::LspProject;
use crate::disk::companion;
use crate::rewrite::FindingFix;
use crate::text::{Edit, LineIndex};
use gen_lsp_types::{
    DocumentChange, Edit as DocumentEdit, OptionalVersionedTextDocumentIdentifier, TextDocumentEdit,
    TextDocumentIdentifier, TextEdit, Uri, WorkspaceEdit,
};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The edits of one fix, by the absolute path of the file.
pub type EditsByFile = BTreeMap<PathBuf, Vec<Edit>>;

/// The edits of a finding's fix.
///
/// # Errors
/// A sentence, when one of them would leave the folder.
pub fn of_fix(fix: &FindingFix, project: &LspProject) -> Result<EditsByFile, String> {
    let mut files = EditsByFile::new();
    for edit in &fix.edits {
        let path = project.root.join(&*edit.path);
        let leaves = path.components().any(|part| part == std::path::Component::ParentDir);
        if leaves || !path.starts_with(&project.root) {
            return Err(format!("the fix would edit {}, which is outside of the folder", path.display()));
        }
        let span = crate::text::Span::new(edit.start_byte, edit.end_byte);
        files.entry(path).or_default().push(Edit { span, text: edit.text.clone() });
    }
    Ok(files)
}

/// The texts that edits are made to.
pub struct EditTarget<'a> {
    /// The document that was asked about.
    pub document: &'a Arc<OpenDocument>,
    /// The others that are open.
    pub open: &'a OpenDocuments,
    /// What the client knows.
    pub can: &'a ClientAbilities,
}

impl EditTarget<'_> {
    /// The text of the file at `path`: that of the editor, else the one on disk.
    fn of(&self, path: &Path) -> Option<(Uri, Option<i32>, Arc<str>)> {
        let named = |document: &OpenDocument| {
            (document.uri.clone(), Some(document.version), Arc::clone(&document.text))
        };
        if self.document.path.as_deref() == Some(path) {
            return Some(named(self.document));
        }
        let open = self.open.all().into_iter().find(|document| document.path.as_deref() == Some(path));
        match open {
            Some(document) => Some(named(&document)),
            None => Some((place::uri_of(path), None, companion::read_to_string(path).ok()?.into())),
        }
    }

    /// The text of the file at `path`.
    pub fn text(&self, path: &Path) -> Option<Arc<str>> {
        self.of(path).map(|(_, _, text)| text)
    }

    /// The edits of several files, with the versions of the texts that they are for.
    pub fn workspace_edit(&self, files: &EditsByFile) -> Option<WorkspaceEdit> {
        let mut versioned = Vec::new();
        let mut plain: HashMap<Uri, Vec<TextEdit>> = HashMap::new();
        for (path, edits) in files {
            let (uri, version, text) = self.of(path)?;
            let edits = text_edits(edits, &text, self.can.encoding);
            if self.can.document_changes {
                versioned.push(DocumentChange::TextDocumentEdit(TextDocumentEdit {
                    text_document: OptionalVersionedTextDocumentIdentifier {
                        version,
                        text_document_identifier: TextDocumentIdentifier { uri },
                    },
                    edits: edits.into_iter().map(DocumentEdit::TextEdit).collect(),
                }));
            } else {
                plain.insert(uri, edits);
            }
        }
        let edit = WorkspaceEdit { changes: None, document_changes: None, change_annotations: None };
        Some(if self.can.document_changes {
            WorkspaceEdit { document_changes: Some(versioned), ..edit }
        } else {
            WorkspaceEdit { changes: Some(plain), ..edit }
        })
    }
}

/// Edits of a text as the protocol writes them.
pub fn text_edits(edits: &[Edit], text: &str, encoding: Encoding) -> Vec<TextEdit> {
    let lines = LineIndex::new(text.as_bytes());
    let placed = PlacedText { text, lines: &lines, encoding };
    edits
        .iter()
        .map(|edit| TextEdit { range: placed.range(edit.span), new_text: edit.text.clone() })
        .collect()
}

/// `text` after `edits`, which are sorted and share no byte.
pub fn applied(text: &str, edits: &[Edit]) -> Option<String> {
    let mut after = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        after.push_str(text.get(at..edit.span.start)?);
        after.push_str(&edit.text);
        at = edit.span.end;
    }
    after.push_str(text.get(at..)?);
    Some(after)
}
