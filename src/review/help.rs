//! The keys, and what each does.

/// One key.
pub(super) struct Help {
    /// The key.
    pub(super) key: char,
    /// What it does.
    pub(super) does: &'static str,
}

const fn help(key: char, does: &'static str) -> Help {
    Help { key, does }
}

/// All keys, in the order of the prompt.
pub(super) const KEYS: &[Help] = &[
    help('y', "take this fix"),
    help('n', "leave the code as it is"),
    help('q', "quit: prove and write what was accepted, ask no more"),
    help('a', "take this fix and all later ones in the file"),
    help('d', "leave this fix and all later ones in the file"),
    help('j', "decide later, go to the next open fix"),
    help('J', "decide later, go to the next fix"),
    help('k', "decide later, go to the open fix before"),
    help('K', "decide later, go to the fix before"),
    help('g', "list the fixes and go to one"),
    help('/', "search for a word"),
    help('\t', "show the next of several ways to fix it"),
    help('s', "ask these fixes one by one"),
    help('e', "edit the fix by hand"),
    help('i', "leave the code and write a comment that says why"),
    help('x', "explain the rule"),
    help('u', "take the last answer back"),
    help('A', "take the fixes of this rule everywhere"),
    help('D', "leave the fixes of this rule everywhere"),
    help('p', "print the fix again"),
    help('?', "print this help"),
];

/// How a key is called.
pub(super) fn called(key: char) -> String {
    if key == '\t' { "Tab".to_owned() } else { key.to_string() }
}
