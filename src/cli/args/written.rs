//! The command lines that stand in the README, the examples, the scripts and the help are
//! ones that gomend takes.

use super::Args;
use clap::{CommandFactory, Parser};
use std::path::Path;

/// What shells and workflows put in for a variable.
const VALUE: &str = "1";

/// The command lines in `text`: in code of Markdown, lines of shells, values of YAML.
fn command_lines(text: &str) -> Vec<Vec<String>> {
    let verbs: Vec<String> = Args::command().get_subcommands().map(|verb| verb.get_name().into()).collect();
    let text = text.replace("cargo run --release -- ", "gomend ").replace("$gomend ", "gomend ");
    // What GNU parallel puts in is a value like any other; some stand for one of a list.
    let text = text.replace("{}", VALUE).replace("$FORMAT", "json").replace(" SHELL", " bash");
    // A line that goes on is one line.
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines() {
        match lines.last_mut().filter(|last| last.ends_with('\\')) {
            Some(last) => {
                last.pop();
                last.push_str(line.trim_start());
            }
            None => lines.push(line.to_owned()),
        }
    }
    let mut found = Vec::new();
    for line in &lines {
        for (at, _) in line.match_indices("gomend ") {
            if line[..at].ends_with(|c: char| c.is_alphanumeric() || "-_./".contains(c)) {
                continue;
            }
            let quote = line[..at].chars().last().filter(|c| "`\"'".contains(*c));
            let words = words(&line[at..], quote);
            let verb = words.get(1).is_some_and(|word| verbs.contains(word) || word.starts_with('-'));
            if verb {
                found.push(words);
            }
        }
    }
    found
}

/// The words of the command that `text` begins with, as a shell takes them apart; it ends
/// with `quote`, where it stands in quotes.
fn words(text: &str, quote: Option<char>) -> Vec<String> {
    let mut words = vec![String::new()];
    let mut within = None;
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let last = words.last_mut().expect("there is always one");
        match char {
            _ if within == Some(char) => within = None,
            '$' => {
                if chars.peek() == Some(&'{') {
                    let mut depth = 0;
                    for char in chars.by_ref() {
                        depth += i32::from(char == '{') - i32::from(char == '}');
                        if depth == 0 {
                            break;
                        }
                    }
                } else {
                    while chars.next_if(|char| char.is_alphanumeric() || *char == '_').is_some() {}
                }
                last.push_str(VALUE);
            }
            _ if within.is_some() => last.push(char),
            _ if quote == Some(char) => break,
            '"' | '\'' => within = Some(char),
            '|' | ';' | '&' | '>' | '<' | ')' | '`' | '#' => break,
            // What follows two blanks explains the command.
            ' ' if chars.peek() == Some(&' ') => break,
            ' ' => words.push(String::new()),
            _ => last.push(char),
        }
    }
    words.retain(|word| !word.is_empty());
    words
}

/// What is wrong with a command line; one of a verb alone may be only its name.
fn wrong(words: &[String]) -> Option<String> {
    if words.len() == 2 && !words[1].starts_with('-') {
        return None;
    }
    let error = Args::try_parse_from(words).err()?;
    // `gomend --help` ends the reading of the command line too.
    error.use_stderr().then(|| format!("{}: {error}", words.join(" ")))
}

#[test]
fn lines_are_found_and_lies_are_noticed() {
    let text = "Run `gomend check --fail-on warning`, then:\n\
        ```sh\ngomend fix --shard \"$((K + 1))/8\" \\\n  --plan-out - | jq .  # all\n```\n\
        run: gomend merge ${{ a.b }}.json -o all.json\ngomend mends Go code; src/gomend check\n";
    let found: Vec<String> =
        command_lines(&text.replace("$((K + 1))", "$K")).iter().map(|w| w.join(" ")).collect();
    assert_eq!(
        found,
        [
            "gomend check --fail-on warning",
            "gomend fix --shard 1/8 --plan-out -",
            "gomend merge 1.json -o all.json"
        ]
    );
    assert!(command_lines(text).iter().skip(2).all(|words| wrong(words).is_none()));
    let lies = command_lines("`gomend check --no-such`\n`gomend explain a b`\n`gomend fix --shard 0/2`\n");
    assert_eq!(lies.iter().filter_map(|words| wrong(words)).count(), 3);
}

#[test]
fn what_the_documents_say_is_what_gomend_takes() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let named =
        ["README.md", "SECURITY.md", "action.yml", ".pre-commit-hooks.yaml"].map(|name| root.join(name));
    let folders = ["docs", "examples", "scripts"].map(|name| std::fs::read_dir(root.join(name)).unwrap());
    let below = folders.into_iter().flatten().map(|entry| entry.unwrap().path());
    let files: Vec<_> = named.into_iter().chain(below.filter(|path| path.is_file())).collect();
    let mut lines = Vec::new();
    for file in &files {
        let found = command_lines(&std::fs::read_to_string(file).unwrap());
        let name = file.strip_prefix(root).unwrap().display().to_string();
        lines.extend(found.into_iter().map(|words| (name.clone(), words)));
    }
    for verb in Args::command().get_subcommands_mut() {
        let help = verb.render_long_help().to_string();
        let name = format!("the help of {}", verb.get_name());
        lines.extend(command_lines(&help).into_iter().map(|words| (name.clone(), words)));
    }
    let wrong: Vec<String> =
        lines.iter().filter_map(|(name, words)| Some(format!("{name}: {}", wrong(words)?))).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    for (name, least) in [
        ("README.md", 10),
        ("docs/guide.md", 20),
        ("examples/kubernetes-job.yaml", 1),
        ("examples/github-matrix.yml", 3),
        ("scripts/migrate.sh", 3),
    ] {
        assert!(lines.iter().filter(|line| line.0 == name).count() >= least, "{name}");
    }
    assert!(lines.iter().filter(|line| line.0.starts_with("the help of")).count() > 25);
}
