// The page: its state, which is the fragment of its address, the filters, the
// list and the keys.

const $ = id => document.getElementById(id);
const FINDINGS = (() => {
  const { texts, findings } = JSON.parse($('data').textContent);
  const text = index => index === undefined ? '' : texts[index];
  for (const finding of findings) {
    for (const key of ['rule', 'path', 'message', 'module', 'owner', 'go', 'why', 'title', 'proof_reason']) {
      finding[key] = text(finding[key]);
    }
    if (finding.guard) finding.guard = finding.guard.map(text);
    finding.changes = (finding.changes || []).map(change => ({ ...change, path: text(change.path) }));
    finding.frame = finding.frame || [];
    // A suppressed finding asks nothing of anybody, whatever its level.
    finding.bucket = finding.suppressed && finding.level !== 'kept' ? 'suppressed' : finding.level;
  }
  return findings;
})();

const LEVELS = ['safe', 'unsafe', 'advice', 'kept', 'suppressed'].filter(level => FINDINGS.some(finding => finding.bucket === level));
// The levels that ask something of somebody.
const ASKING = LEVELS.filter(level => level !== 'kept' && level !== 'suppressed');
const SELECTS = ['rule', 'severity', 'module', 'owner'];
// What a finding without one is called.
const NAMELESS = { module: 'no module', owner: 'nobody' };
// Rows that are made at once.
const CHUNK = 100;

const state = { q: '', file: '', rule: '', severity: '', module: '', owner: '', group: '', level: new Set(ASKING), at: '', page: '' };
// The indices of the findings that the filters let through, in their order.
let shown = [];
// How many of them have a row.
let made = 0;
// The place in `shown` of the finding that the keys start from.
let current = -1;

const number = value => value.toLocaleString('en');
const nameOf = (key, value) => value || NAMELESS[key] || '';

// --- state and fragment

function readFragment() {
  const params = new URLSearchParams(location.hash.slice(1).replaceAll('+', '%2B'));
  for (const key of ['q', 'file', 'group', 'at', 'page', ...SELECTS]) state[key] = params.get(key) || '';
  const levels = params.has('level') ? params.get('level').split(',') : ASKING;
  state.level = new Set(levels.filter(level => LEVELS.includes(level)));
}

function fragment(from) {
  const params = [];
  const put = (key, value) => value && params.push(`${key}=${encodeURIComponent(value).replaceAll('%2F', '/').replaceAll('%2C', ',')}`);
  for (const key of ['q', ...SELECTS, 'file', 'group']) put(key, from[key]);
  const levels = LEVELS.filter(level => from.level.has(level));
  if (levels.join() !== ASKING.join()) params.push(`level=${levels.join(',')}`);
  put('at', from.at);
  put('page', from.page);
  return params.join('&');
}

function writeFragment() {
  const text = fragment(state);
  history.replaceState(null, '', text ? `#${text}` : location.pathname + location.search);
}

// Whether the fragment is one of ours, and not the name of a part of the page.
const isState = () => location.hash.length < 2 || location.hash.includes('=');

// --- filters

// All of a finding that a search looks at, made when somebody searches.
function haystack(finding) {
  finding.haystack ??= [finding.rule, finding.path, `${finding.path}:${finding.line}`, finding.message, finding.why,
    finding.title, finding.module, finding.owner, finding.fingerprint, finding.severity, finding.bucket,
    ...(finding.guard || []), ...finding.frame.map(line => line.text),
    ...finding.changes.flatMap(change => [change.path, ...change.hunks.map(hunk => hunk.lines)])].join('\n').toLowerCase();
  return finding.haystack;
}

function filter() {
  const words = state.q.toLowerCase().split(/\s+/).filter(Boolean);
  const file = state.file.toLowerCase();
  const counts = Object.fromEntries(['level', ...SELECTS].map(key => [key, new Map()]));
  const add = (key, value) => counts[key].set(value, (counts[key].get(value) || 0) + 1);
  shown = [];
  FINDINGS.forEach((finding, index) => {
    if (file && !finding.path.toLowerCase().includes(file)) return;
    if (words.length && !words.every(word => haystack(finding).includes(word))) return;
    // Behind each choice stands how many it would show beside the others.
    const failed = SELECTS.filter(key => state[key] && nameOf(key, finding[key]) !== state[key]);
    if (!state.level.has(finding.bucket)) failed.push('level');
    if (failed.length > 1) return;
    if (failed.length === 1) return add(failed[0], failed[0] === 'level' ? finding.bucket : nameOf(failed[0], finding[failed[0]]));
    for (const key of SELECTS) add(key, nameOf(key, finding[key]));
    add('level', finding.bucket);
    shown.push(index);
  });
  if (state.group) {
    const key = state.group;
    const name = index => nameOf(key, FINDINGS[index][key]);
    shown.sort((a, b) => name(a) < name(b) ? -1 : name(a) > name(b) ? 1 : a - b);
  }
  return counts;
}

function makeFilters() {
  const distinct = key => [...new Set(FINDINGS.map(finding => nameOf(key, finding[key])))].sort();
  for (const key of SELECTS) {
    const values = distinct(key);
    const select = $(key);
    select.append(new Option('all', ''), ...values.map(value => new Option(value, value)));
    // A choice of one is none.
    select.parentElement.hidden = values.length < 2;
    if (NAMELESS[key] && values.length < 2) $('group').querySelector(`[value=${key}]`).remove();
  }
  for (const level of LEVELS) {
    const chip = element('button', level, level, ' ', element('span', ''));
    chip.type = 'button';
    chip.dataset.level = level;
    $('levels').append(chip);
  }
  const files = [...new Set(FINDINGS.map(finding => finding.path))];
  $('files').append(...files.slice(0, 1000).map(path => new Option(path)));
  $('filters').hidden = FINDINGS.length === 0;
}

function showFilters(counts) {
  for (const key of ['q', 'file', 'group']) if ($(key).value !== state[key]) $(key).value = state[key];
  for (const key of SELECTS) {
    for (const option of $(key).options) {
      if (!option.value) continue;
      const text = `${option.value} (${number(counts[key].get(option.value) || 0)})`;
      if (option.text !== text) option.text = text;
    }
    $(key).value = state[key];
    $(key).classList.toggle('set', state[key] !== '');
  }
  for (const chip of $('levels').children) {
    chip.setAttribute('aria-pressed', state.level.has(chip.dataset.level));
    chip.lastChild.textContent = number(counts.level.get(chip.dataset.level) || 0);
  }
  const filtered = fragment({ ...state, at: '', page: '', group: '' }) !== '';
  $('reset').hidden = !filtered;
  const sites = FINDINGS.length === 1 ? 'site' : 'sites';
  $('count').textContent = shown.length ? `${number(shown.length)} of ${number(FINDINGS.length)} ${sites}`
    : `None of ${number(FINDINGS.length)} ${sites} fits these filters.`;
}

// --- the list

const groupKey = finding => state.group ? nameOf(state.group, finding[state.group]) : finding.path;

function makeRows(count) {
  const list = $('list');
  const end = Math.min(shown.length, made + count);
  let section = list.lastElementChild;
  for (; made < end; made++) {
    const finding = FINDINGS[shown[made]];
    const key = groupKey(finding);
    if (!section || section.dataset.key !== key) {
      section = groupOf(key, finding);
      list.append(section);
    }
    const row = rowOf(finding, shown[made]);
    row.dataset.place = made;
    if (state.group) row.querySelector('.place').textContent = `${finding.path}:${finding.line}`;
    section.lastElementChild.append(row);
  }
  const left = shown.length - made;
  $('more').hidden = left === 0;
  $('more').textContent = `Show more (${number(left)} left)`;
}

function groupOf(key, finding) {
  const name = state.group === 'rule' ? link(`#rule-${key}`, 'to-rule', key) : key;
  const heading = element('h3', '', element('code', '', name));
  if (!state.group && finding.module) {
    heading.append(' ', element('small', '', finding.go ? `${finding.module}, go ${finding.go}` : finding.module));
  }
  const list = element('ol', '');
  list.setAttribute('role', 'list');
  const section = element('section', 'group', heading, list);
  section.dataset.key = key;
  return section;
}

function render() {
  const counts = filter();
  showFilters(counts);
  $('list').replaceChildren(...FINDINGS.length ? [] : [element('p', 'notice', 'There is nothing to show.')]);
  $('list').classList.toggle('grouped', state.group !== '');
  made = 0;
  current = -1;
  makeRows(CHUNK);
}

const rowAt = place => {
  if (place >= made) makeRows(place - made + CHUNK);
  return document.querySelector(`#finding-${shown[place]}`);
};

function toggle(row, open) {
  const button = row.querySelector('.open');
  const isOpen = button.getAttribute('aria-expanded') === 'true';
  if (open === isOpen) return;
  button.setAttribute('aria-expanded', String(!isOpen));
  row.classList.toggle('opened', !isOpen);
  const finding = FINDINGS[row.dataset.index];
  if (isOpen) row.querySelector('.details').remove();
  else row.append(detailsOf(finding));
  state.at = isOpen ? '' : finding.fingerprint;
  writeFragment();
}

// As `toggle`, for a key: what opens comes into view.
function toggleInView(row, open) {
  toggle(row, open);
  if (row.getBoundingClientRect().bottom > innerHeight) row.scrollIntoView({ block: 'start' });
}

function goTo(place) {
  if (!shown.length) return;
  current = Math.max(0, Math.min(shown.length - 1, place));
  const button = rowAt(current).querySelector('.open');
  button.focus({ preventScroll: true });
  button.scrollIntoView({ block: 'nearest' });
}

function goToGroup(step) {
  if (!shown.length) return;
  const key = place => groupKey(FINDINGS[shown[place]]);
  const first = place => {
    while (place > 0 && key(place - 1) === key(place)) place--;
    return place;
  };
  let place = Math.max(current, 0);
  if (step > 0) {
    const here = key(place);
    while (place < shown.length && key(place) === here) place++;
    if (place < shown.length) goTo(place);
  } else {
    const start = first(place);
    goTo(start < place || start === 0 ? start : first(start - 1));
  }
}

// Opens the finding that the fragment names, whatever the filters hide.
function openNamed() {
  if (!state.at) return;
  const index = FINDINGS.findIndex(finding => finding.fingerprint === state.at);
  if (index < 0) return;
  if (!shown.includes(index)) {
    Object.assign(state, { q: '', file: '', rule: '', severity: '', module: '', owner: '' });
    state.level.add(FINDINGS[index].bucket);
    render();
  }
  const row = rowAt(shown.indexOf(index));
  toggle(row, true);
  current = shown.indexOf(index);
  row.querySelector('.open').focus({ preventScroll: true });
  row.scrollIntoView({ block: 'start' });
}

// --- pages of rules

function showRule(id) {
  const page = document.querySelector(`[id="rule-${CSS.escape(id)}"] article`);
  if (!page) return;
  const dialog = $('page');
  dialog.querySelector('div').replaceChildren(...page.cloneNode(true).childNodes);
  dialog.setAttribute('aria-label', id);
  if (!dialog.open) dialog.showModal();
  dialog.scrollTop = 0;
  state.page = id;
  writeFragment();
}

// --- theme

const THEMES = ['system', 'light', 'dark'];
const theme = () => document.documentElement.dataset.theme || 'system';

function setTheme(wanted) {
  if (wanted === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = wanted;
  try {
    localStorage.setItem('gomend-theme', wanted);
  } catch {
    // Then it lasts as long as the page.
  }
  showTheme();
}

function showTheme() {
  $('theme').textContent = `Theme: ${theme()}`;
}

const nextTheme = () => setTheme(THEMES[(THEMES.indexOf(theme()) + 1) % THEMES.length]);

// --- copying

async function copy(text, button) {
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // A page without leave to write there selects and copies as a person would.
    const area = element('textarea', '', text);
    document.body.append(area);
    area.select();
    document.execCommand('copy');
    area.remove();
  }
  if (!button) {
    $('count').textContent = 'The link is copied.';
    return;
  }
  const label = button.textContent;
  button.textContent = 'Copied';
  setTimeout(() => { button.textContent = label; }, 1200);
}

const addressOf = finding => `${location.href.split('#')[0]}#at=${finding.fingerprint}`;

// --- events

function act(event) {
  const rule = event.target.closest('a.to-rule');
  if (rule && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    return showRule(rule.getAttribute('href').slice('#rule-'.length));
  }
  const row = event.target.closest('.finding');
  if (!row) return;
  const finding = FINDINGS[row.dataset.index];
  current = Number(row.dataset.place);
  // A press of Enter comes as a click of no button.
  if (event.target.closest('.open')) return event.detail ? toggle(row) : toggleInView(row);
  const action = event.target.closest('[data-action]');
  if (action) copy(action.dataset.action === 'link' ? addressOf(finding) : commandOf(finding), action);
}

function press(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
  const inField = event.target.matches('input, select, textarea');
  if (event.key === 'Escape' && inField) return event.target.blur();
  if (inField || document.querySelector('dialog[open]')) return;
  const row = current >= 0 && current < made ? rowAt(current) : null;
  const keys = {
    '/': () => $('q').focus(),
    j: () => goTo(current + 1),
    k: () => goTo(current < 0 ? 0 : current - 1),
    J: () => goToGroup(1),
    K: () => goToGroup(-1),
    g: () => goTo(0),
    G: () => goTo(shown.length - 1),
    o: () => row && toggleInView(row),
    x: () => row && showRule(FINDINGS[row.dataset.index].rule),
    c: () => row && copy(addressOf(FINDINGS[row.dataset.index]), row.querySelector('[data-action=link]')),
    t: nextTheme,
    '?': () => $('help').showModal(),
    Escape: () => row && toggle(row, false),
  };
  if (!Object.hasOwn(keys, event.key)) return;
  event.preventDefault();
  keys[event.key]();
}

function change() {
  for (const key of ['q', 'file', 'group', ...SELECTS]) state[key] = $(key).value.trim();
  state.at = '';
  writeFragment();
  render();
}

let typing;
$('filters').addEventListener('input', () => {
  clearTimeout(typing);
  typing = setTimeout(change, FINDINGS.length > 2000 ? 120 : 0);
});
$('filters').addEventListener('submit', event => {
  event.preventDefault();
  goTo(0);
});
$('levels').addEventListener('click', event => {
  const level = event.target.closest('button')?.dataset.level;
  if (!level) return;
  if (!state.level.delete(level)) state.level.add(level);
  change();
});
$('reset').addEventListener('click', () => {
  Object.assign(state, { q: '', file: '', rule: '', severity: '', module: '', owner: '', at: '', level: new Set(ASKING) });
  writeFragment();
  render();
  $('q').focus();
});
$('more').addEventListener('click', () => makeRows(CHUNK));
$('theme').addEventListener('click', nextTheme);
$('keys').addEventListener('click', () => $('help').showModal());
$('page').addEventListener('close', () => {
  state.page = '';
  writeFragment();
});
document.addEventListener('click', act);
document.addEventListener('keydown', press);
window.addEventListener('hashchange', () => isState() && start());
// Paper shows all that the filters let through.
window.addEventListener('beforeprint', () => makeRows(shown.length));
new IntersectionObserver(entries => {
  if (entries.some(entry => entry.isIntersecting) && made < shown.length) makeRows(CHUNK);
}, { rootMargin: '1500px' }).observe($('more'));

function start() {
  readFragment();
  render();
  openNamed();
  if (state.page) showRule(state.page);
  else if (location.hash.length > 1 && !state.at) $('findings').scrollIntoView();
}

for (const code of document.querySelectorAll('code.language-go')) code.replaceChildren(paintCode(code.textContent));
$('theme').hidden = $('keys').hidden = false;
showTheme();
makeFilters();
if (isState()) start();
else render();
