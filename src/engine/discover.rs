//! Which files a run looks at, and what it says of the others.
