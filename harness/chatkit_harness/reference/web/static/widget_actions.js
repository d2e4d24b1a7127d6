// What clicks and forms in a widget ask for: the action, the form's values in it, and that it is under way.

/** The values of a form's fields by name; a name with dots (`todo.title`) makes objects of objects. */
export function formValues(form) {
  const values = {};
  for (const field of form?.querySelectorAll("[name]") ?? []) {
    if (field.disabled || (field.type === "radio" && !field.checked)) continue;
    assign(values, field.dataset.name ?? field.name, field.type === "checkbox" ? field.checked : field.value);
  }
  return values;
}

function assign(values, name, value) {
  const steps = name.split(".");
  if (steps.some((step) => ["__proto__", "constructor", "prototype"].includes(step))) return;
  let place = values;
  for (const step of steps.slice(0, -1)) {
    if (!place[step] || typeof place[step] !== "object") place[step] = {};
    place = place[step];
  }
  place[steps.at(-1)] = value;
}

/** Hand an action to whoever draws the widget, and show that it is under way until they are done. */
export async function act(context, config, element, { form = null, container = false, changed = null } = {}) {
  if (!config || typeof config.type !== "string" || !context.onAction || element.ariaBusy === "true") return;
  const around = form ?? element.closest("form");
  const values = { ...formValues(around), ...(changed ?? {}) };
  const payload = withValues(config.payload, values);
  const action = {
    type: config.type, payload, handler: config.handler ?? "server", loadingBehavior: config.loadingBehavior ?? "auto",
  };
  if (typeof config.streaming === "boolean") action.streaming = config.streaming;
  const idle = busy(context, element, action.loadingBehavior, container);
  try {
    await context.onAction(action, { values, element });
  } finally {
    idle();
  }
}

/** The values among what the author gave; nothing can be put into a text or a list. */
function withValues(payload, values) {
  const given = payload !== undefined && payload !== null;
  if (given && (typeof payload !== "object" || Array.isArray(payload))) return payload;
  return given || Object.keys(values).length ? { ...payload, ...values } : payload;
}

/** Show that something is under way, as the action asks for; gives what ends it. */
function busy(context, element, behaviour, container) {
  if (behaviour === "none") return () => {};
  const whole = behaviour === "container" || (behaviour === "auto" && container);
  const target = whole ? context.root : element;
  target.ariaBusy = "true";
  if (whole) context.root.inert = true;
  return () => {
    target.ariaBusy = null;
    context.root.inert = false;
  };
}
