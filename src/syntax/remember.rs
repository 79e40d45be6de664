//! Answers that are worked out once: what is asked of a whole function for each of its
//! sites must not cost a walk over the function each time.

use std::any::{Any, TypeId};
use std::collections::HashMap;
use std::fmt;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

/// Answers by what was asked.
pub struct Memo<K>(Mutex<HashMap<(K, TypeId), Arc<dyn Any + Send + Sync>>>);

impl<K> Default for Memo<K> {
    fn default() -> Memo<K> {
        Memo(Mutex::default())
    }
}

impl<K> fmt::Debug for Memo<K> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Answers")
    }
}

impl<K: Hash + Eq> Memo<K> {
    /// The answer to `question`: the one that was given before, or `answer`'s.
    pub fn get<T: Send + Sync + 'static>(&self, question: K, answer: impl FnOnce() -> T) -> Arc<T> {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let key = (question, TypeId::of::<T>());
        let known = lock().get(&key).cloned();
        if let Some(known) = known.and_then(|known| known.downcast().ok()) {
            return known;
        }
        // Worked out without the lock: it may ask other questions.
        let given = Arc::new(answer());
        lock().insert(key, given.clone());
        given
    }
}
