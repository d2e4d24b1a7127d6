// The lines between a chart's points, by the names that a series may give. Each gives the part of an SVG path
// after the first point; points are {x, y}, from left to right or, below an area, from right to left.

const CURVES = {
  linear: (points) => points.slice(1).map(lineTo).join(""),
  linearClosed: (points) => `${points.slice(1).map(lineTo).join("")}Z`,
  step: stepped(0.5),
  stepBefore: stepped(0),
  stepAfter: stepped(1),
  bumpX: between((a, b) => [{ x: (a.x + b.x) / 2, y: a.y }, { x: (a.x + b.x) / 2, y: b.y }]),
  bumpY: between((a, b) => [{ x: a.x, y: (a.y + b.y) / 2 }, { x: b.x, y: (a.y + b.y) / 2 }]),
  basis: (points) => basis([points[0], points[0], ...points, points.at(-1), points.at(-1)]) + lineTo(points.at(-1)),
  basisOpen: (points) => basis(points),
  basisClosed: (points) => `${basis([...points, ...points.slice(0, 3)])}Z`,
  natural,
  monotoneX: (points) => monotone(points),
  monotoneY: (points) => swapped(monotone, points),
};
const SAME = { bump: "bumpX", monotone: "monotoneX" }; // for charts whose values go upwards, as all of these do
const BACKWARDS = { stepBefore: "stepAfter", stepAfter: "stepBefore" };

/** A path through the points, or near them; a name that is not known draws as `natural`. */
export function curved(points, name, { start = "M", backwards = false } = {}) {
  const known = SAME[name] ?? (Object.hasOwn(CURVES, name) ? name : "natural");
  const curve = backwards ? (BACKWARDS[known] ?? known) : known;
  if (points.length < 3 && curve.startsWith("basis")) return start + at(points[0]) + CURVES.linear(points);
  return start + at(first(points, curve)) + CURVES[curve](points);
}

/** Where a curve begins: these two keep away from the first point. */
function first(points, curve) {
  if (curve === "basisOpen" || curve === "basisClosed") return knot(points[0], points[1], points[2]);
  return points[0];
}

function at({ x, y }) {
  return `${x.toFixed(2)} ${y.toFixed(2)}`;
}

function lineTo(point) {
  return `L${at(point)}`;
}

function bend(one, other, end) {
  return `C${at(one)} ${at(other)} ${at(end)}`;
}

function stepped(share) {
  return (points) => points.slice(1).map((to, index) => {
    const from = points[index];
    return `H${(from.x + (to.x - from.x) * share).toFixed(2)}V${to.y.toFixed(2)}H${to.x.toFixed(2)}`;
  }).join("");
}

function between(handles) {
  return (points) => points.slice(1).map((to, index) => bend(...handles(points[index], to), to)).join("");
}

/** The part of the way from one point to another. */
function part(from, to, share) {
  return { x: from.x + (to.x - from.x) * share, y: from.y + (to.y - from.y) * share };
}

/** Where a B-spline passes its middle point. */
function knot(before, point, after) {
  return { x: (before.x + 4 * point.x + after.x) / 6, y: (before.y + 4 * point.y + after.y) / 6 };
}

/** A uniform B-spline from the second point's knot to the last but one's. */
function basis(points) {
  let drawn = "";
  for (let index = 1; index + 2 < points.length; index += 1) {
    const [from, to, after] = points.slice(index, index + 3);
    drawn += bend(part(from, to, 1 / 3), part(from, to, 2 / 3), knot(from, to, after));
  }
  return drawn;
}

/** The spline that is straight at both ends. */
function natural(points) {
  if (points.length < 3) return CURVES.linear(points);
  const [xs, ys] = [handles(points.map((each) => each.x)), handles(points.map((each) => each.y))];
  return points.slice(1).map((to, index) => bend(
    { x: xs.out[index], y: ys.out[index] }, { x: xs.into[index], y: ys.into[index] }, to,
  )).join("");
}

/** The control values between numbers, so that slopes and bends go on evenly; by elimination. */
function handles(values) {
  const last = values.length - 1;
  const weights = [2];
  const sums = [values[0] + 2 * values[1]];
  for (let index = 1; index < last; index += 1) {
    const end = index === last - 1;
    const share = (end ? 2 : 1) / weights[index - 1];
    weights[index] = (end ? 7 : 4) - share;
    sums[index] = (end ? 8 * values[index] + values[last] : 4 * values[index] + 2 * values[index + 1]) - share * sums[index - 1];
  }
  const out = new Array(last);
  out[last - 1] = sums[last - 1] / weights[last - 1];
  for (let index = last - 2; index >= 0; index -= 1) out[index] = (sums[index] - out[index + 1]) / weights[index];
  const into = out.map((_, index) => (index === last - 1 ? (values[last] + out[index]) / 2 : 2 * values[index + 1] - out[index + 1]));
  return { out, into };
}

/** A curve that has no hill where the points have none. */
function monotone(points) {
  if (points.length < 3) return CURVES.linear(points);
  const slopes = tangents(points);
  return points.slice(1).map((to, index) => {
    const from = points[index];
    const third = (to.x - from.x) / 3;
    return bend(
      { x: from.x + third, y: from.y + third * slopes[index] }, { x: to.x - third, y: to.y - third * slopes[index + 1] }, to,
    );
  }).join("");
}

function tangents(points) {
  const steps = points.slice(1).map((to, index) => {
    const [width, height] = [to.x - points[index].x, to.y - points[index].y];
    return { width, slope: width ? height / width : 0 };
  });
  const inner = steps.slice(1).map((after, index) => {
    const before = steps[index];
    if (before.slope * after.slope <= 0 || before.width * after.width <= 0) return 0;
    const mean = (before.slope * after.width + after.slope * before.width) / (before.width + after.width);
    return Math.sign(mean) * Math.min(Math.abs(mean), 2 * Math.abs(before.slope), 2 * Math.abs(after.slope));
  });
  const end = (step, slope) => (3 * step.slope - slope) / 2;
  return [end(steps[0], inner[0]), ...inner, end(steps.at(-1), inner.at(-1))];
}

/** A curve with the axes exchanged. */
function swapped(draw, points) {
  const drawn = draw(points.map(({ x, y }) => ({ x: y, y: x })));
  return drawn.replace(/(-?[\d.]+) (-?[\d.]+)/g, "$2 $1");
}
