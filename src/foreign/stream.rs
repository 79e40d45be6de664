//! The elements of long arrays, one by one: a document may be much larger than what counts of it.

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;
use std::collections::HashSet;
use std::fmt;
use std::marker::PhantomData;
use std::sync::Arc;

/// One step from the top of a document to the elements.
#[derive(Clone, Copy)]
pub(super) enum PathStep {
    /// To the value of this key.
    Key(&'static str),
    /// To each element.
    Each,
}

/// Hands each value of type `T` at the end of `steps` to `take`, with the number of the first
/// array's element that it stands in.
///
/// # Errors
/// Those of the JSON, of a value of another form, and of a key that comes twice.
pub(super) fn each<'de, T: Deserialize<'de>>(
    from: &mut serde_json::Deserializer<serde_json::de::SliceRead<'de>>,
    steps: &[PathStep],
    mut take: impl FnMut(usize, T),
) -> Result<(), serde_json::Error> {
    let walk = Walk { steps, first: None, take: &mut take, found: PhantomData };
    walk.deserialize(from)
}

struct Walk<'s, F, T> {
    steps: &'s [PathStep],
    first: Option<usize>,
    take: &'s mut F,
    found: PhantomData<T>,
}

impl<'de, F: FnMut(usize, T), T: Deserialize<'de>> DeserializeSeed<'de> for Walk<'_, F, T> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<(), D::Error> {
        if self.steps.is_empty() {
            let value = T::deserialize(from)?;
            (self.take)(self.first.unwrap_or(0), value);
            return Ok(());
        }
        from.deserialize_any(self)
    }
}

impl<'de, F: FnMut(usize, T), T: Deserialize<'de>> Visitor<'de> for Walk<'_, F, T> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.steps.first() {
            Some(PathStep::Key(key)) => write!(f, "an object with `{key}`"),
            _ => f.write_str("an array"),
        }
    }

    // Go writes an empty list so.
    fn visit_unit<E: Error>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Some((PathStep::Key(key), steps)) = self.steps.split_first() else {
            return Err(A::Error::invalid_type(serde::de::Unexpected::Map, &self));
        };
        let mut seen = false;
        while let Some(name) = map.next_key::<String>()? {
            if name != *key {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            if seen {
                return Err(A::Error::duplicate_field(key));
            }
            seen = true;
            let (first, take) = (self.first, &mut *self.take);
            map.next_value_seed(Walk { steps, first, take, found: PhantomData })?;
        }
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        let Some((PathStep::Each, steps)) = self.steps.split_first() else {
            return Err(A::Error::invalid_type(serde::de::Unexpected::Seq, &self));
        };
        let mut number = 0;
        loop {
            let (first, take) = (self.first.or(Some(number)), &mut *self.take);
            if seq.next_element_seed(Walk { steps, first, take, found: PhantomData })?.is_none() {
                return Ok(());
            }
            number += 1;
        }
    }
}

/// The pairs of an object in their order, a key that comes twice too.
pub(super) struct Pairs<V>(pub(super) Vec<(String, V)>);

impl<'de, V: Deserialize<'de>> Deserialize<'de> for Pairs<V> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Reader<V>(PhantomData<V>);

        impl<'de, V: Deserialize<'de>> Visitor<'de> for Reader<V> {
            type Value = Pairs<V>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs<V>, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }
        }

        from.deserialize_map(Reader(PhantomData))
    }
}

/// What is wrong in a part of a document, by the lines of the whole.
pub(super) fn located(error: &serde_json::Error, part: &RawValue, whole: &[u8]) -> String {
    let text = error.to_string();
    let start = (part.get().as_ptr() as usize).saturating_sub(whole.as_ptr() as usize);
    let above = whole.get(..start).map_or(0, |above| above.iter().filter(|byte| **byte == b'\n').count());
    match text.rsplit_once(" at line ").filter(|_| error.line() > 0) {
        Some((cause, _)) => format!("{cause} at line {}", above + error.line()),
        None => text,
    }
}

/// The names of files: each is kept once, however many edits name it.
#[derive(Default)]
pub(super) struct FileNames(HashSet<Arc<str>>);

impl FileNames {
    /// The one copy of `name`.
    pub(super) fn kept(&mut self, name: &str) -> Arc<str> {
        if let Some(known) = self.0.get(name) {
            return Arc::clone(known);
        }
        let name: Arc<str> = name.into();
        self.0.insert(Arc::clone(&name));
        name
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn numbers(text: &str) -> Result<Vec<(usize, u32)>, String> {
        let mut found = Vec::new();
        let steps = [PathStep::Key("a"), PathStep::Each, PathStep::Key("b"), PathStep::Each];
        let mut from = serde_json::Deserializer::from_slice(text.as_bytes());
        each(&mut from, &steps, |at, number| found.push((at, number))).map_err(|error| error.to_string())?;
        Ok(found)
    }

    #[test]
    fn elements_are_handed_over_with_the_number_of_the_first_array() {
        assert_eq!(
            numbers("{\"x\":[1],\"a\":[{\"b\":[1,2]},{},{\"b\":null},{\"b\":[3]}]} rest").unwrap(),
            [(0, 1), (0, 2), (3, 3)]
        );
        assert!(numbers("{}").unwrap().is_empty());
        for wrong in [
            "[]",
            "{\"a\":{}}",
            "{\"a\":[3]}",
            "{\"a\":[],\"a\":[]}",
            "{\"a\":[{\"b\":[1",
            "{\"a\":[{\"b\":[-1]}]}",
        ] {
            assert!(numbers(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn a_mistake_is_said_with_the_line_of_the_whole() {
        let whole = "{\n\"a\":\n [\n1, 2]}";
        let Pairs(pairs) = serde_json::from_str::<Pairs<&RawValue>>(whole).unwrap();
        let part = pairs[0].1;
        let error = serde_json::from_str::<Vec<bool>>(part.get()).unwrap_err();
        assert!(located(&error, part, whole.as_bytes()).ends_with(" at line 4"), "{error}");
    }
}
