// Completion of keys from the JSON Schema of definitions, and of names from the text and from what is published.
import { contextAt, namesUnder } from "./context.js";

// What a value names, by its key; where one key means different things, by the key above it.
const NAMES = {
  owner: "roles",
  by: "roles",
  mail: "roles",
  to: "stages",
  else: "stages",
  start: "stages",
  disclosed_from: "stages",
  needs: "fields",
  optional: "fields",
  into: "fields",
  meeting: "bodies",
  body: "bodies",
  reports_to: "bodies",
  calendar: "calendars",
  scale: "scales",
  subject: "kinds",
  each: "kinds",
  workflow: "workflows",
  roles: "roles",
};
// What a key takes besides such names, where that is something else than usual.
const BESIDES = { disclosed_from: ["never"] };
const NAMES_UNDER = {
  escalate: { to: "roles" },
  remind: { to: "roles" },
};

export class Completer {
  constructor(path) {
    this.words = fetch(path)
      .then((answer) => (answer.ok ? answer.json() : null))
      .catch(() => null);
  }

  async complete(context) {
    const words = await this.words;
    const place = words && contextAt(context.state.doc, context.pos);
    if (!place || (!place.typed && !context.explicit && place.key === null)) {
      return null;
    }
    const options = place.key === null ? keys(words.schema, place.path) : values(words, context.state.doc, place);
    if (place.isEntry && place.key !== null) {
      options.push(...keys(words.schema, [...place.path, place.key])); // an entry may be a mapping
    }
    const typed = context.matchBefore(/[\w-]*$/);
    return options.length ? { from: typed.from, options, validFor: /^[\w-]*$/ } : null;
  }
}

function keys(schema, path) {
  const found = new Map();
  for (const shape of shapesAt(schema, path)) {
    for (const [key, part] of Object.entries(shape.properties ?? {})) {
      found.set(key, option(schema, key, part, shape.required?.includes(key)));
    }
  }
  return [...found.values()];
}

function option(schema, key, part, required) {
  const nested = ways(schema, part).every((way) => way.type === "object");
  return {
    label: key,
    type: "property",
    apply: nested ? `${key}:` : `${key}: `,
    info: part.description,
    boost: required ? 1 : 0,
  };
}

function values(words, doc, { path, key }) {
  const found = [];
  for (const shape of shapesAt(words.schema, path)) {
    for (const way of ways(words.schema, shape.properties?.[key] ?? {})) {
      const inner = way.type === "array" ? ways(words.schema, way.items ?? {}) : [way];
      for (const one of inner) {
        found.push(...(one.enum ?? (one.type === "boolean" ? ["true", "false"] : [])));
      }
    }
  }
  const kind = NAMES_UNDER[path.at(-1)]?.[key] ?? (path.at(-1) === "rights" ? "roles" : NAMES[key]);
  if (kind === "stages" || kind === "fields") {
    found.push(...namesUnder(doc, kind), ...(BESIDES[key] ?? (kind === "stages" ? ["here"] : ["reason"])));
  } else if (kind) {
    found.push(...(words.names[kind] ?? []), ...namesUnder(doc, kind));
  }
  return [...new Set(found)].map((label) => ({ label: String(label), type: kind ? "variable" : "enum" }));
}

// Every shape that a value at the end of a path may have.
function shapesAt(schema, path) {
  let here = ways(schema, schema);
  for (const key of path) {
    here = here.flatMap((shape) => {
      const entries = shape.type === "array" ? ways(schema, shape.items ?? {}) : [shape];
      return entries.flatMap((entry) => {
        const part = entry.properties?.[key] ?? Object.values(entry.patternProperties ?? {})[0];
        return part ? ways(schema, part) : [];
      });
    });
  }
  return here.flatMap((shape) => (shape.type === "array" ? ways(schema, shape.items ?? {}) : [shape]));
}

// A part of the schema with its references followed and its alternatives laid side by side.
function ways(schema, part) {
  if (part.$ref) {
    return ways(schema, schema.$defs[part.$ref.split("/").at(-1)]);
  }
  return part.anyOf ? part.anyOf.flatMap((way) => ways(schema, way)) : [part];
}
