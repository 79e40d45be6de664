//! What `--help` shows below the options of each verb.

pub(super) const ALL: &str = "\
Examples:
  gomend check                       what is there to mend below this directory
  gomend fix --diff                  the safe fixes, proved, as a patch
  gomend fix ./internal/...          apply them
  gomend fix -i                      decide fix by fix
  gomend undo                        put the files back
  gomend explain time-after-in-loop  why, when, and when not

Exit status: 0 nothing found or all done, 1 findings remain or a fix could not
be applied, 2 usage, configuration or I/O error.

`gomend COMMAND -h` has a line for each option, `--help` has it all.";

pub(super) const CHECK: &str = "\
Examples:
  gomend check ./cmd/... internal/db    two directories and all below them
  gomend check --select timers          the rules of one group
  gomend check --fail-on warning        notes do not fail the build
  gomend check --new-from-rev origin/main
                                        what this branch adds or changes
  gomend check --baseline known.json --write-baseline
                                        live with what is there; later runs
                                        say what is new
  gomend check --format json | jq .     for a program
  gomend check --format sarif > gomend.sarif
                                        for code scanning; github, gitlab,
                                        rdjson, checkstyle and junit for others
  gomend check --format markdown        a comment on a pull request
  gomend check --format concise         a line for each finding
  gomend check --staged                 what the next commit would add
  gomend check --watch                  again whenever a file changes
  gomend check --add-ignore 'legacy, see the wiki'
                                        silence what is there, with a reason
  gomend check --statistics             the numbers by rule, module and owner

Exit status: 0 no finding, or none as severe as --fail-on says, 1 findings,
2 an error.";

pub(super) const FIX: &str = "\
Examples:
  gomend fix                            apply the safe fixes, once proved
  gomend fix --diff > fixes.patch       the same as a patch for `git apply`
  gomend fix -i --unsafe                decide fix by fix
  gomend fix --unsafe --select gosched  one rule, unsafe fixes too
  gomend fix --verify-config linux/arm64,integration
                                        prove it for these tags, too
  gomend fix --verify-cmd 'bazel build //{packages}:all'
                                        prove it by another build tool
  gomend fix --commit-per rule          a commit for each rule
  gomend fix --stdin-filename x.go - < x.go
                                        one file through a pipe, for an editor

Proof, each with those before it:
  none   what was written is parsed again; nothing switches that off
  gofmt  gofmt reads the files, and tidy ones stay tidy
  build  the packages and their tests compile
  vet    go vet has nothing new to say
  test   the tests of the packages pass; they run as `go test` runs them, and
         what they do to files and networks is up to them

Exit status: 0 all done, 1 a fix was not applied (with --diff and -l: there is
something to fix), 2 an error.

A patch that is longer than the screen goes through GOMEND_PAGER, PAGER or
less; an empty name or `cat` switches that off.";

pub(super) const REPORT: &str = "\
Examples:
  gomend report -o report.html        a page that needs no network to be read
  gomend report ./internal/... --select all -o report.html
  gomend report --verify vet -o report.html
                                      each fix proved by Go; nothing is
                                      written but the page
  gomend report --format markdown     the numbers, for a wiki or pull request

Exit status: 0, whatever was found, or 2 an error.";

pub(super) const UNDO: &str = "\
Examples:
  gomend undo         what the last run wrote, but for files changed since
  gomend undo --list  the runs of this directory
  gomend undo 12      what run 12 wrote

Exit status: 0 all put back, 1 a file was left alone, 2 an error.";

pub(super) const CLEAN: &str = "\
Examples:
  gomend clean    the next runs work everything out again

What `gomend undo` needs is not in the caches, and stays.";

pub(super) const HELP: &str = "\
Examples:
  gomend help        the commands
  gomend help fix    all that `gomend fix --help` says";

pub(super) const VERSION: &str = "\
Examples:
  gomend version    the same as `gomend --version`";

pub(super) const EXPLAIN: &str = "\
Examples:
  gomend explain timers                a group of rules
  gomend explain spin-wait             a guard, as a finding names it
  gomend explain gosched               what, why, before and after, when not
  gomend explain gosched --no-pager    at once, however long it is

`gomend rules` lists the rules. A page that is longer than the screen goes
through GOMEND_PAGER, PAGER or less.";

pub(super) const RULES: &str = "\
Examples:
  gomend rules timers                  the rules of a group
  gomend rules                         the best level of each rule, its default,
                                       its Go versions
  gomend rules --format json | jq '.[].id'
                                       for a program";

pub(super) const PACKS: &str = "\
Examples:
  gomend packs                         the packs that count here
  go mod download example.com/acme/gomend-rules@v1.2.0
  gomend packs add example.com/acme/gomend-rules@v1.2.0
                                       bring a pack, and write it down

Exit status: 0 done, 2 an error.";

pub(super) const AUDIT: &str = "\
Examples:
  gomend audit                       each package main below this directory
  gomend audit ./cmd/server          one program
  gomend audit -v ./cmd/server       with what was seen, and where
  gomend audit --fail-on missing     for CI: status 1 when a line is missing
  gomend audit --format markdown > checklist.md

Calls are followed from main through the packages of the module; Dockerfiles,
manifests and makefiles are read for variables.

Exit status: 0, 1 when the answer is one of --fail-on, or 2 an error.";

pub(super) const APPLY: &str = "\
Examples:
  gomend fix --plan-out plan.json        plan and prove here, now
  gomend apply plan.json                 apply there, later
  gomend apply plan.json --split-by owner --out patches
                                         one patch for each owner instead
  gomend apply plan.json --commit-per rule
  gomend apply --run 'go fix -json ./...'
                                         the fixes of go fix, proved one by one
  gomend apply fixes.patch --diff        what of a colleague's patch is proved
  gomend apply lint.sarif --max-fixes 20

A file that has changed since is left alone, with all that share a fix with it,
and named. What a plan says of its proof does not count: it is proved here, as by
`gomend fix`, and only what is proved is written. A fix that breaks the build
stays out with those of its rule in the same files and those that stand on it.

Fixes of other tools: `go fix -json`, `go vet -json` and other go/analysis
drivers, golangci-lint's JSON, SARIF, rdjson, unified diffs, of which each hunk
is a fix. Each is taken or refused by itself; imports follow, and tidy files stay
tidy. Of two whose edits meet the first is taken. Such a tool is not run again
afterwards: do so for what its fixes bring to light. `//gomend:ignore TOOL/RULE
reason` and the tools' own comments suppress a fix. `--verify test` runs the
code that somebody else wrote.

Exit status: 0, 1 a file was left alone or a fix stays out (with --diff and -l:
there is something to do), 2 an error.";

pub(super) const MERGE: &str = "\
Examples:
  gomend check --shard 1/2 --format json > 1.json
  gomend check --shard 2/2 --format json > 2.json
  gomend merge 1.json 2.json > all.json
  gomend merge *.json -o all.json --fail-on warning
  gomend fix --shard 1/2 --plan-out plan-1.json
  gomend merge plan-*.json -o plan.json  plans too

A part that is missing, comes twice, was cut off or is of another run is refused.

Exit status: 0, 1 findings as severe as --fail-on says, 2 the parts cannot be
joined, or one of them had an error.";

pub(super) const INIT: &str = "\
Examples:
  gomend init           gomend.toml, with each key explained
  gomend init --hook    an entry for pre-commit
  gomend init --schema  completion and checks of gomend.toml in editors";

pub(super) const COMPLETIONS: &str = "\
Examples:
  gomend completions bash > ~/.local/share/bash-completion/completions/gomend
  gomend completions zsh > ~/.zfunc/_gomend
  gomend completions fish > ~/.config/fish/completions/gomend.fish";

pub(super) const MAN: &str = "\
Examples:
  gomend man > ~/.local/share/man/man1/gomend.1";

pub(super) const REWRITE: &str = "\
Examples:
  gomend rewrite 'ioutil.ReadFile($x) -> os.ReadFile($x)' --import io/ioutil
                                        change each call, proved like a fix
  gomend rewrite --diff 'strings.Index(a, b) >= 0 -> strings.Contains(a, b)'
                                        single letters are variables
  gomend rewrite 'fmt.Sprintf($f)'      only search
  gomend rewrite --patch fix.patch ./internal/...
                                        a rule file, or a patch of gopatch
  gomend rewrite --save no-ioutil 'ioutil.ReadAll(r) -> io.ReadAll(r)' --import io/ioutil
                                        keep it as a rule, too

Exit status: as of `fix`; of a search as of `check`.";

pub(super) const NEW: &str = "\
Examples:
  gomend new drop-wrap                  writes .gomend/rules/drop-wrap.txtar";

pub(super) const TEST: &str = "\
Examples:
  gomend test                           the examples of all rules found here
  gomend test drop-wrap                 of one rule
  gomend test --bless drop-wrap         write what it does, then read it

Exit status: 0 all as written, 1 a rule does something else, 2 an error.";

pub(super) const LSP: &str = "\
Examples:
  gomend lsp              an editor starts it; docs/editors.md has the settings
  gomend lsp --trusted    with the rules of the folder, and proofs by Go

Exit status: 0 after `shutdown` and `exit`, else 1.";
