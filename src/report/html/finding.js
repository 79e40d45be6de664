// One finding: its row, and what stands below it when it is open.

// A sentence, in which code stands between backquotes.
function prose(text) {
  const out = document.createDocumentFragment();
  text.split('`').forEach((part, index) => out.append(index % 2 ? element('code', '', part) : part));
  return out;
}

function link(href, className, ...children) {
  const out = element('a', className, ...children);
  out.href = href;
  return out;
}

// One word of a command line, quoted for a shell where it needs to be.
const word = text => /^[\p{L}\p{N}\-_./=,:@%+]+$/u.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

// The command that applies the fix, where there is one.
function commandOf(finding) {
  if (!finding.title || finding.suppressed) return null;
  const flag = finding.level === 'safe' ? '' : ' --unsafe';
  return `gomend fix${flag} --select ${finding.rule} ${word(finding.path)}`;
}

// A hunk as a list of lines.
function hunkOf(hunk) {
  const marks = new Map();
  for (let i = 0; i + 2 < (hunk.marks || []).length; i += 3) {
    const [line, start, end] = hunk.marks.slice(i, i + 3);
    if (!marks.has(line)) marks.set(line, []);
    marks.get(line).push([start, end]);
  }
  const [, before, after] = /^@@ -(\d+)\S* \+(\d+)/.exec(hunk.head).map(Number);
  const state = { '-': hunk.inside, '+': hunk.inside };
  const number = { '-': before, '+': after };
  const out = element('pre', 'hunk', element('span', 'head', hunk.head));
  out.tabIndex = 0;
  hunk.lines.split('\n').slice(0, -1).forEach((text, index) => {
    const sign = text[0];
    const code = text.slice(1);
    if (sign === '\\') {
      const note = element('span', 'line unended', code.trim(), '\n');
      note.dataset.numbers = ' '.repeat(12);
      note.dataset.sign = ' ';
      out.append(note);
      return;
    }
    const sides = sign === ' ' ? ['-', '+'] : [sign];
    const read = tokensOf(code, state[sides[0]]);
    const [name, kind] = { ' ': ['span', 'same'], '-': ['del', 'gone'], '+': ['ins', 'new'] }[sign];
    const line = element(name, `line ${kind}`);
    const numbers = ['-', '+'].map(side => String(sides.includes(side) ? number[side]++ : '').padStart(6));
    line.dataset.numbers = numbers.join('');
    line.dataset.sign = sign;
    for (const side of sides) state[side] = tokensOf(code, state[side]).inside;
    line.append(paint(code, read.tokens, marks.get(index)), '\n');
    out.append(line);
  });
  return out;
}

function diffOf(finding) {
  const out = document.createDocumentFragment();
  for (const change of finding.changes) {
    const figure = element('figure', 'diff', ...change.hunks.map(hunkOf));
    // Above the row stands the finding's own path.
    if (change.path !== finding.path) figure.prepend(element('p', 'path', element('code', '', change.path)));
    out.append(figure);
  }
  return out;
}

// The excerpt of a finding without a diff.
function excerptOf(finding) {
  const out = element('pre', 'hunk excerpt');
  out.tabIndex = 0;
  let last = null;
  let inside = null;
  for (const { line, text, mark, primary, label } of finding.frame) {
    if (last !== null && line > last + 1) {
      out.append(element('span', 'gap', '⋯\n'));
      inside = null;
    }
    last = line;
    const read = tokensOf(text, inside);
    inside = read.inside;
    const row = element('span', 'line same');
    row.dataset.numbers = String(line).padStart(5);
    row.dataset.sign = '';
    const marks = mark && mark[0] < mark[1] ? [mark] : [];
    row.append(paint(text, read.tokens, marks, primary ? 'site' : 'around'));
    if (label) row.append(element('span', 'label', label));
    row.append('\n');
    out.append(row);
  }
  return element('figure', 'diff', out);
}

const PROMISES = {
  safe: 'the program does the same as before',
  unsafe: 'the intent is kept, but something observable may change',
  advice: 'no edit; a person changes the code',
  kept: 'matched, and left alone',
};

// What stands below the row.
function detailsOf(finding) {
  const out = element('div', 'details');
  const say = (term, ...text) => {
    out.append(element('p', 'say', element('b', '', term), ' ', element('span', '', ...text)));
  };
  if (finding.why) say('Why', prose(finding.why));
  if (finding.guard) {
    const [name, sentence] = finding.guard;
    const term = finding.level === 'kept' ? 'Kept' : !finding.title ? 'No fix' : finding.level === 'safe' ? 'Guard' : 'Not safe';
    say(term, prose(sentence.replace(/\.$/, '')), ' (', element('code', 'guard', name), ')');
  }
  if (finding.title) say('Fix', prose(finding.title));
  else if (finding.level === 'advice' && !finding.guard) say('No fix', 'gomend gives advice only here; make the change by hand');
  if (finding.stale) say('Diff', 'not shown: the file changed while this page was made; make it again');
  if (finding.pass > 1) {
    say('Note', `appears once the fixes of pass ${finding.pass - 1} are in; the place is that of the file on disk`);
  }
  if (finding.proof) {
    const words = { proved: 'the Go toolchain accepts the fix', unproved: '', refused: '' }[finding.proof];
    say(finding.proof[0].toUpperCase() + finding.proof.slice(1), words || finding.proof_reason || 'no reason given');
  }
  if (finding.suppressed) say('Suppressed', 'a comment in the code silences it');
  if (finding.changes.length) out.append(diffOf(finding));
  else if (finding.frame.length) out.append(excerptOf(finding));

  const facts = element('dl', 'facts');
  const fact = (name, ...value) => facts.append(element('div', '', element('dt', '', name), element('dd', '', ...value)));
  fact('Rule', link(`#rule-${finding.rule}`, 'to-rule', finding.rule));
  fact('Level', `${finding.level}: ${PROMISES[finding.level]}`);
  fact('Severity', finding.severity);
  if (finding.go) fact('Go', finding.go);
  if (finding.module) fact('Module', element('code', '', finding.module));
  if (finding.owner) fact('Owner', finding.owner);
  fact('Fingerprint', element('code', '', finding.fingerprint));
  const command = commandOf(finding);
  if (command) fact('Command', element('code', 'command', command));
  out.append(facts);

  const button = (action, label) => {
    const made = element('button', '', label);
    made.type = 'button';
    made.dataset.action = action;
    return made;
  };
  const actions = element('p', 'actions', button('link', 'Copy link'));
  if (command) actions.append(button('command', 'Copy command'));
  out.append(actions);
  return out;
}

// The row of a finding, closed.
function rowOf(finding, index) {
  const place = `${finding.line}:${finding.column}`;
  const message = element('span', 'message', prose(finding.message));
  const level = element('span', `level ${finding.bucket}`, finding.bucket);
  const button = element('button', 'open', element('span', 'place', place), level, message);
  if (finding.severity === 'warning') button.append(element('span', 'severity', 'warning'));
  button.type = 'button';
  button.setAttribute('aria-expanded', 'false');
  const rule = link(`#rule-${finding.rule}`, 'to-rule', finding.rule);
  const row = element('li', 'finding', element('div', 'row', button, rule));
  row.id = `finding-${index}`;
  row.dataset.index = index;
  return row;
}
