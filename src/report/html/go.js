// Go as a reader sees it: which parts of a line are keywords, strings, comments.
'use strict';

const KEYWORDS = new Set(('break case chan const continue default defer else fallthrough for func go goto if import '
  + 'interface map package range return select struct switch type var').split(' '));
const TYPES = new Set(('any bool byte comparable complex64 complex128 error float32 float64 int int8 int16 int32 int64 '
  + 'rune string uint uint8 uint16 uint32 uint64 uintptr').split(' '));
const CONSTANTS = new Set(['true', 'false', 'nil', 'iota']);
const TOKEN = /(\/\/.*)|(\/\*)|(`)|("(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?)|(\.?\d(?:[eEpP][+-]|[\w.])*)|([\p{L}_][\p{L}\p{N}_]*)(\s*\()?/gu;
const ENDS = { comment: '*/', raw: '`' };
const CLASSES = { comment: 'comment', raw: 'string' };

// The coloured parts of a line as [start, end, class], and the token that goes
// on in the next line, if there is one: `inside` is what this line starts in.
function tokensOf(line, inside) {
  const tokens = [];
  let at = 0;
  const long = (start, from) => {
    const end = line.indexOf(ENDS[inside], from);
    const stop = end < 0 ? line.length : end + ENDS[inside].length;
    tokens.push([start, stop, CLASSES[inside]]);
    if (end >= 0) inside = null;
    return stop;
  };
  if (inside) at = long(0, 0);
  while (at < line.length) {
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(line);
    if (!match) break;
    const start = match.index;
    const end = start + match[0].length;
    at = end;
    if (match[1]) tokens.push([start, end, 'comment']);
    else if (match[2] || match[3]) {
      inside = match[2] ? 'comment' : 'raw';
      at = long(start, end);
    } else if (match[4]) tokens.push([start, end, 'string']);
    else if (match[5]) tokens.push([start, end, 'number']);
    else {
      const word = match[6];
      const kind = KEYWORDS.has(word) ? 'keyword' : TYPES.has(word) ? 'type' : CONSTANTS.has(word) ? 'number'
        : match[7] ? 'call' : '';
      if (kind) tokens.push([start, start + word.length, kind]);
    }
  }
  return { tokens, inside };
}

// The line as nodes: each part in its class, each mark (pairs of offsets) in a
// `mark` element, with one class for all of them.
function paint(line, tokens, marks = [], markClass = '') {
  const cuts = new Set([0, line.length]);
  for (const [start, end] of tokens) cuts.add(start).add(end);
  for (const [start, end] of marks) cuts.add(start).add(end);
  const stops = [...cuts].filter(cut => cut <= line.length).sort((a, b) => a - b);
  const out = document.createDocumentFragment();
  for (let i = 0; i + 1 < stops.length; i++) {
    const [start, end] = [stops[i], stops[i + 1]];
    const token = tokens.find(token => token[0] <= start && end <= token[1]);
    const mark = marks.some(mark => mark[0] <= start && end <= mark[1]);
    let node = document.createTextNode(line.slice(start, end));
    if (token) node = element('span', token[2], node);
    if (mark) node = element('mark', markClass, node);
    out.append(node);
  }
  return out;
}

// An element with a class and children, which are nodes or texts.
function element(name, className = '', ...children) {
  const out = document.createElement(name);
  if (className) out.className = className;
  out.append(...children);
  return out;
}

// Several lines of Go.
function paintCode(code) {
  let inside = null;
  const out = document.createDocumentFragment();
  for (const line of code.split(/(?<=\n)/)) {
    const read = tokensOf(line, inside);
    inside = read.inside;
    out.append(paint(line, read.tokens));
  }
  return out;
}
