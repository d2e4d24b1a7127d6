// Tables: only the client's declarations know them, no release's models do.

import { put, surface } from "./widget_style.js";

export const tables = { Table: table, "Table.Row": tableRow, "Table.Cell": tableCell };

function table(props, context) {
  const element = document.createElement("table");
  element.className = "ck-grid";
  return context.children(props, context, element);
}

function tableRow(props, context) {
  const element = document.createElement("tr");
  return context.children(props, { ...context, head: Boolean(props.header) }, element);
}

function tableCell(props, context) {
  const element = document.createElement(context.head ? "th" : "td");
  if (context.head) element.scope = "col";
  for (const [name, most] of [["colSpan", 100], ["rowSpan", 1000]]) {
    if (Number.isInteger(props[name]) && props[name] > 0) element[name] = Math.min(props[name], most);
  }
  if (props.align) put(element, "text-align", props.align);
  if (props.vAlign) put(element, "vertical-align", { start: "top", center: "middle", end: "bottom" }[props.vAlign]);
  if (props.colSize) element.dataset.size = String(props.colSize);
  surface(element, { padding: props.padding });
  put(element, "width", typeof props.width === "number" ? `${props.width}px` : props.width);
  return context.children(props, context, element);
}
