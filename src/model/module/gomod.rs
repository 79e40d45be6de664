//! Reads what matters here of go.mod and go.work, and tolerates the rest.

use crate::model::GoVersion;

/// What a go.mod says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoMod {
    /// The module path.
    pub path: Option<String>,
    /// The `go` line.
    pub go: Option<GoVersion>,
    /// The `toolchain` line as written, `go1.23.4` or `default`.
    pub toolchain: Option<String>,
    /// The `godebug` settings, in order.
    pub godebug: Vec<(String, String)>,
    /// Path and version of each module of a `require`, in order.
    pub requires: Vec<(String, String)>,
    /// The words of both sides of each `replace`: a path, maybe with a version, or a directory.
    pub replaces: Vec<(Vec<String>, Vec<String>)>,
    /// A `go` or `godebug` line that makes no sense.
    pub malformed: Option<String>,
}

/// What a go.work says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GoWork {
    /// The `go` line.
    pub go: Option<GoVersion>,
    /// The directories of the `use` lines, as written.
    pub uses: Vec<String>,
    /// The `godebug` settings, in order.
    pub godebug: Vec<(String, String)>,
    /// A `go` or `godebug` line that makes no sense.
    pub malformed: Option<String>,
}

impl GoMod {
    /// Reads a go.mod. Verbs that are not known are skipped.
    pub fn parse(text: &str) -> GoMod {
        let mut out = GoMod::default();
        for (verb, arguments) in directives(text) {
            let first = arguments.first();
            let understood = match verb.as_str() {
                "module" => first.is_none_or(|path| keep_first(&mut out.path, Some(path.clone()))),
                "toolchain" => first.is_none_or(|name| keep_first(&mut out.toolchain, Some(name.clone()))),
                "go" => keep_first(&mut out.go, version(&arguments)),
                "godebug" => setting(&arguments).map(|setting| out.godebug.push(setting)).is_some(),
                "require" => {
                    if let [path, version, ..] = arguments.as_slice() {
                        out.requires.push((path.clone(), version.clone()));
                    }
                    true
                }
                "replace" => {
                    let arrow = arguments.iter().position(|word| word == "=>");
                    out.replaces
                        .extend(arrow.map(|at| (arguments[..at].to_vec(), arguments[at + 1..].to_vec())));
                    true
                }
                _ => true,
            };
            if !understood {
                out.malformed.get_or_insert(format!("{verb} {}", arguments.join(" ")));
            }
        }
        out
    }
}

impl GoWork {
    /// Reads a go.work. Verbs that are not known are skipped.
    pub fn parse(text: &str) -> GoWork {
        let mut out = GoWork::default();
        for (verb, arguments) in directives(text) {
            let understood = match verb.as_str() {
                "go" => keep_first(&mut out.go, version(&arguments)),
                "use" => {
                    out.uses.extend(arguments.first().cloned());
                    true
                }
                "godebug" => setting(&arguments).map(|setting| out.godebug.push(setting)).is_some(),
                _ => true,
            };
            if !understood {
                out.malformed.get_or_insert(format!("{verb} {}", arguments.join(" ")));
            }
        }
        out
    }
}

/// A second `go` or `module` line is an error for the go command; the first
/// counts. Tells whether the value was there.
fn keep_first<T>(slot: &mut Option<T>, value: Option<T>) -> bool {
    let there = value.is_some();
    if slot.is_none() {
        *slot = value;
    }
    there
}

fn version(arguments: &[String]) -> Option<GoVersion> {
    let version = arguments.first()?;
    // Only digits: `go go1.21` is an error for the go command.
    version.starts_with(|c: char| c.is_ascii_digit()).then(|| GoVersion::parse(version))?
}

fn setting(arguments: &[String]) -> Option<(String, String)> {
    let (key, value) = arguments.first()?.split_once('=')?;
    Some((key.to_owned(), value.to_owned()))
}

/// Each line with its verb and its arguments, blocks taken apart.
fn directives(text: &str) -> Vec<(String, Vec<String>)> {
    let mut out = Vec::new();
    let mut block: Option<String> = None;
    for line in text.trim_start_matches('\u{feff}').lines() {
        let mut words = words(line);
        match &block {
            Some(_) if words.first().is_some_and(|word| word == ")") => block = None,
            Some(verb) if !words.is_empty() => out.push((verb.clone(), words)),
            Some(_) => {}
            None if words.is_empty() => {}
            None if words.get(1).is_some_and(|word| word == "(") => {
                // `verb ()` on one line is an empty block.
                if words.get(2).is_none_or(|word| word != ")") {
                    block = Some(words.swap_remove(0));
                }
            }
            None => {
                let verb = words.remove(0);
                out.push((verb, words));
            }
        }
    }
    out
}

/// The words of a line: identifiers, unquoted strings and single punctuation
/// characters, up to a comment.
fn words(line: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            break;
        }
        let length = match first {
            '"' | '`' => {
                let end = closing_quote(rest, first);
                out.push(crate::syntax::outline::unquoted(&rest[..end]));
                end
            }
            '(' | ')' | '[' | ']' | '{' | '}' | ',' => {
                out.push(first.to_string());
                1
            }
            _ => {
                let punctuation = |c: char| c.is_whitespace() || "()[]{},".contains(c);
                let end = rest.find(punctuation).unwrap_or(rest.len());
                let end = rest[..end].find("//").unwrap_or(end);
                out.push(rest[..end].to_owned());
                end
            }
        };
        rest = rest[length..].trim_start();
    }
    out
}

/// The length of the string that begins `text`; all of it without an end.
fn closing_quote(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' if quote == '"' => escaped = true,
            _ if c == quote => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pair(key: &str, value: &str) -> (String, String) {
        (key.to_owned(), value.to_owned())
    }

    #[test]
    fn reads_a_go_mod_with_everything_in_it() {
        let text = "\u{feff}// Deprecated: no.\r\nmodule \"example.com/m/v2\" // the path\r\n\r\ngo 1.23.4//patch\r\n\
            toolchain go1.24.1\r\n\r\ngodebug default=go1.21\r\ngodebug (\r\n\t// why\r\n\tasynctimerchan=1 // old\r\n\r\n\tpanicnil=1\r\n)\r\n\
            require (\r\n\tgo v1.0.0\r\n)\r\nretract [v1.0.0, v1.9.9] // bad\r\nretract (\r\n\tv1.0.0\r\n\t[v1.1.0, v1.2.0]\r\n)\r\n\
            exclude()\r\nreplace a => `../b`\r\ntool example.com/t\r\nignore ./x\r\n";
        assert_eq!(
            GoMod::parse(text),
            GoMod {
                path: Some("example.com/m/v2".to_owned()),
                go: Some(GoVersion(1, 23)),
                toolchain: Some("go1.24.1".to_owned()),
                godebug: vec![pair("default", "go1.21"), pair("asynctimerchan", "1"), pair("panicnil", "1")],
                requires: vec![pair("go", "v1.0.0")],
                replaces: vec![(vec!["a".into()], vec!["../b".into()])],
                malformed: None,
            }
        );
    }

    #[test]
    fn what_makes_no_sense_is_said() {
        assert_eq!(GoMod::parse("module m\ngo one\n").malformed.as_deref(), Some("go one"));
        assert_eq!(GoMod::parse("go go1.21\n").go, None);
        assert_eq!(GoMod::parse("go\n").malformed.as_deref(), Some("go "));
        assert_eq!(GoWork::parse("godebug x\n").malformed.as_deref(), Some("godebug x"));
        assert_eq!(
            GoMod::parse("module m\nrequire (\n"),
            GoMod { path: Some("m".into()), ..GoMod::default() }
        );
        assert_eq!(GoMod::parse("module \"m\ngo 1.20\n").go, Some(GoVersion(1, 20)));
    }

    #[test]
    fn reads_a_go_work() {
        let text =
            "go 1.24\nuse ./a\nuse(\n\t./b // b\n\t\"./c d\"\n)\ngodebug default=go1.22\nreplace x => y\n";
        assert_eq!(
            GoWork::parse(text),
            GoWork {
                go: Some(GoVersion(1, 24)),
                uses: vec!["./a".into(), "./b".into(), "./c d".into()],
                godebug: vec![pair("default", "go1.22")],
                malformed: None,
            }
        );
    }
}
