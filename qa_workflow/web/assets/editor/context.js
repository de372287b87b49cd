// Where in a YAML text the cursor stands: the keys above it, and whether a key or a value is being typed.

const KEY = /^(?:- )*(?:"([^"]*)"|'([^']*)'|([^\s#:{}[\],]+)):(?:\s|$)/;

function indentOf(line) {
  // `- to: x` is as deep as what stands after the dash.
  return /^[ ]*(?:- +)*/.exec(line)[0].length;
}

function keyOf(line) {
  const found = KEY.exec(line.trimStart());
  return found ? (found[1] ?? found[2] ?? found[3]) : null;
}

// Keys above a line, outermost first.
function above(doc, number, indent) {
  const path = [];
  let limit = indent;
  for (let at = number - 1; at >= 1 && limit > 0; at -= 1) {
    const line = doc.line(at).text;
    const key = keyOf(line);
    if (!line.trim() || line.trimStart().startsWith("#") || key === null || indentOf(line) >= limit) {
      continue;
    }
    path.unshift(key);
    limit = line.length - line.trimStart().length === indentOf(line) ? indentOf(line) : Math.min(limit, indentOf(line));
  }
  return path;
}

// What is open at the end of a piece of one line: `{to: x, by: [` leaves a mapping and a list open.
function flow(text) {
  const open = [];
  let word = "";
  let quote = "";
  for (const character of text) {
    if (quote) {
      quote = character === quote ? "" : quote;
    } else if (character === '"' || character === "'") {
      quote = character;
    } else if (character === "{" || character === "[") {
      open.push({ kind: character, key: null });
      word = "";
    } else if (character === "}" || character === "]") {
      open.pop();
      word = "";
    } else if (character === ",") {
      if (open.at(-1)?.kind === "{") {
        open.at(-1).key = null;
      }
      word = "";
    } else if (character === ":" && open.at(-1)?.kind === "{") {
      open.at(-1).key = word.trim();
      word = "";
    } else {
      word += character;
    }
  }
  return { open, word: word.trimStart() };
}

// {path: keys above, key: the key whose value is typed or null, isEntry: of a list, typed: what stands there already}
export function contextAt(doc, position) {
  const line = doc.lineAt(position);
  const before = line.text.slice(0, position - line.from);
  if (/(^|\s)#/.test(before.replace(/"[^"]*"|'[^']*'/g, ""))) {
    return null; // a remark
  }
  const path = above(doc, line.number, indentOf(line.text) || indentOf(before));
  const own = /^\s*(?:- +)*([^\s#:{}[\],]+):\s(.*)$/s.exec(before);
  const { open, word } = flow(own ? own[2] : before.replace(/^\s*(?:- +)*/, ""));
  if (own) {
    path.push(own[1]);
  }
  for (const level of open) {
    if (level.key !== null) {
      path.push(level.key);
    }
  }
  const top = open.at(-1);
  const isEntry = top ? top.kind === "[" : !own && /^\s*- +[^:]*$/.test(before);
  const isValue = isEntry || (top ? top.key !== null : Boolean(own));
  const place = isValue ? { path: path.slice(0, -1), key: path.at(-1) ?? null } : { path, key: null };
  return { ...place, isEntry, typed: word };
}

// Names that the text itself defines: the keys directly under every `stages:` or `fields:`.
export function namesUnder(doc, heading) {
  const found = new Set();
  let depth = null;
  let inner = null;
  for (let at = 1; at <= doc.lines; at += 1) {
    const line = doc.line(at).text;
    if (!line.trim() || line.trimStart().startsWith("#")) {
      continue;
    }
    const indent = indentOf(line);
    if (depth !== null && indent > depth) {
      inner ??= indent;
      if (indent === inner && keyOf(line) !== null) {
        found.add(keyOf(line));
      }
    } else {
      depth = null;
    }
    if (keyOf(line) === heading) {
      depth = indent;
      inner = null;
    }
  }
  return [...found];
}
