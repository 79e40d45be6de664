//! The texts that the editor has open.

use super::place;
use super::position::{Encoding, PlacedText};
use crate::text::LineIndex;
use gen_lsp_types::{TextDocumentContentChangeEvent, Uri};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, PoisonError, RwLock};

/// One version of a text that is open. A change makes another.
#[derive(Debug)]
pub struct OpenDocument {
    /// As the client spells it.
    pub uri: Uri,
    /// The file, absolute and free of links; nothing for what is no file.
    pub path: Option<PathBuf>,
    /// The client's number of this version.
    pub version: i32,
    /// The whole text.
    pub text: Arc<str>,
    lines: OnceLock<LineIndex>,
}

impl OpenDocument {
    /// A text as it was opened.
    pub fn new(uri: Uri, version: i32, text: impl Into<Arc<str>>) -> OpenDocument {
        let path = place::path_of(&uri);
        OpenDocument { uri, path, version, text: text.into(), lines: OnceLock::new() }
    }

    /// Its lines.
    pub fn lines(&self) -> &LineIndex {
        self.lines.get_or_init(|| LineIndex::new(self.text.as_bytes()))
    }

    /// Its places in an encoding.
    pub fn placed(&self, encoding: Encoding) -> PlacedText<'_> {
        PlacedText { text: &self.text, lines: self.lines(), encoding }
    }

    /// Whether it is Go.
    pub fn is_go(&self) -> bool {
        self.path.as_ref().is_some_and(|path| path.extension().is_some_and(|extension| extension == "go"))
    }

    /// The version that `changes` make of it, each of the one before.
    fn changed(
        &self,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> OpenDocument {
        let mut text = self.text.to_string();
        let mut lines = None;
        for change in changes {
            match change {
                TextDocumentContentChangeEvent::TextDocumentContentChangePartial(change) => {
                    let index = lines.get_or_insert_with(|| LineIndex::new(text.as_bytes()));
                    let span = PlacedText { text: &text, lines: index, encoding }.span(change.range);
                    text.replace_range(span.start..span.end, &change.text);
                }
                TextDocumentContentChangeEvent::TextDocumentContentChangeWholeDocument(change) => {
                    text = change.text;
                }
            }
            lines = None;
        }
        let (uri, path) = (self.uri.clone(), self.path.clone());
        OpenDocument { uri, path, version, text: text.into(), lines: OnceLock::new() }
    }
}

/// All texts that are open.
#[derive(Debug, Default)]
pub struct OpenDocuments(RwLock<HashMap<Uri, Arc<OpenDocument>>>);

/// Why a change was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ChangeError {
    /// Nobody opened the text.
    #[error("{0} is not open; open it before it is changed")]
    NotOpen(String),
    /// It would lead back.
    #[error(
        "{uri} is at version {known} already, so the change to version {version} is left out; open it again"
    )]
    OutOfOrder {
        /// The text.
        uri: String,
        /// Its version.
        known: i32,
        /// That of the change.
        version: i32,
    },
}

impl OpenDocuments {
    /// The text as it is now.
    pub fn get(&self, uri: &Uri) -> Option<Arc<OpenDocument>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(uri).cloned()
    }

    /// Whether `document` is the newest version of its text.
    pub fn is_current(&self, document: &Arc<OpenDocument>) -> bool {
        self.get(&document.uri).is_some_and(|known| Arc::ptr_eq(&known, document))
    }

    /// All of them, by URI.
    pub fn all(&self) -> Vec<Arc<OpenDocument>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let mut all: Vec<Arc<OpenDocument>> = known.values().cloned().collect();
        all.sort_by(|a, b| a.uri.0.cmp(&b.uri.0));
        all
    }

    /// The URI of a file: as the client spells it, where it has it open.
    pub fn uri_of(&self, path: &Path) -> Uri {
        let open = self.all().into_iter().find(|document| document.path.as_deref() == Some(path));
        open.map_or_else(|| place::uri_of(path), |document| document.uri.clone())
    }

    /// Takes a text that was opened.
    pub fn open(&self, document: OpenDocument) -> Arc<OpenDocument> {
        let document = Arc::new(document);
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.insert(document.uri.clone(), Arc::clone(&document));
        document
    }

    /// Changes a text.
    ///
    /// # Errors
    /// [`ChangeError`]; the text stays as it was.
    pub fn change(
        &self,
        uri: &Uri,
        version: i32,
        changes: Vec<TextDocumentContentChangeEvent>,
        encoding: Encoding,
    ) -> Result<Arc<OpenDocument>, ChangeError> {
        let before = self.get(uri).ok_or_else(|| ChangeError::NotOpen(uri.0.clone()))?;
        if version < before.version {
            return Err(ChangeError::OutOfOrder { uri: uri.0.clone(), known: before.version, version });
        }
        Ok(self.open(before.changed(version, changes, encoding)))
    }

    /// Forgets a text that was closed.
    pub fn close(&self, uri: &Uri) -> Option<Arc<OpenDocument>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(uri)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use gen_lsp_types::{
        Position, Range, TextDocumentContentChangePartial, TextDocumentContentChangeWholeDocument,
    };

    fn partial(start: (u32, u32), end: (u32, u32), text: &str) -> TextDocumentContentChangeEvent {
        let range = Range::new(Position::new(start.0, start.1), Position::new(end.0, end.1));
        #[allow(deprecated, reason = "the field has to be given")]
        let change = TextDocumentContentChangePartial { range, range_length: None, text: text.to_owned() };
        change.into()
    }

    #[test]
    fn each_change_is_made_to_the_text_of_the_one_before() {
        let documents = OpenDocuments::default();
        let uri = Uri::from("untitled:1");
        let first = documents.open(OpenDocument::new(uri.clone(), 1, "one\r\ntwo\r\n"));
        let changes =
            vec![partial((0, 3), (1, 0), " "), partial((0, 7), (0, 4), "2"), partial((9, 9), (9, 9), "end")];
        let second = documents.change(&uri, 2, changes, Encoding::Utf16).unwrap();
        assert_eq!(&*second.text, "one 2\r\nend");
        assert!(documents.is_current(&second) && !documents.is_current(&first));
        let stale = documents.change(&uri, 1, vec![partial((0, 0), (0, 0), "x")], Encoding::Utf16);
        assert!(matches!(stale, Err(ChangeError::OutOfOrder { known: 2, version: 1, .. })));
        let whole = TextDocumentContentChangeWholeDocument { text: "new".to_owned() };
        assert_eq!(&*documents.change(&uri, 2, vec![whole.into()], Encoding::Utf8).unwrap().text, "new");
        documents.close(&uri);
        assert!(matches!(
            documents.change(&uri, 3, Vec::new(), Encoding::Utf8),
            Err(ChangeError::NotOpen(_))
        ));
    }
}
