// Looks at every picture of the page, and reports a line for each, and one for
// everything that is wrong with it.
const lines = [];
const scheme = matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light';

for (const source of [...document.querySelectorAll('script[data-name]')]) {
  const name = source.dataset.name;
  const wrong = (text) => lines.push(`${name}: ${text}`);
  const parsed = new DOMParser().parseFromString(source.textContent, 'image/svg+xml');
  if (parsed.querySelector('parsererror')) {
    wrong('it is no XML');
    continue;
  }
  const svg = document.adoptNode(parsed.documentElement);
  document.body.append(svg);
  look(svg, wrong);
  svg.remove();
  lines.push(`${name}: ${scheme}`);
}
document.body.innerHTML = '<pre></pre>';
document.body.firstChild.textContent = lines.join('\n');

function look(svg, wrong) {
  const all = (selector) => [...svg.querySelectorAll(selector)];
  if (all('script, foreignObject, image, use, a, animate, set').length) wrong('it has what it must not have');
  for (const element of all('*')) {
    for (const { name } of element.attributes) {
      if (/^on|href|^style$/.test(name)) wrong(`it has the attribute ${name}`);
    }
  }

  const boxed = (element) => {
    const { x, y, width, height } = element.getBBox();
    const label = element.textContent || element.getAttribute('class');
    return { element, label, left: x, top: y, right: x + width, bottom: y + height };
  };
  // What is drawn around a line belongs to it, and what is less than this nobody sees.
  const slack = 0.5;
  const meet = (one, two) =>
    one.left + slack < two.right && two.left + slack < one.right &&
    one.top + slack < two.bottom && two.top + slack < one.bottom;
  const within = (inner, outer) =>
    inner.left >= outer.left - slack && inner.right <= outer.right + slack &&
    inner.top >= outer.top - slack && inner.bottom <= outer.bottom + slack;

  const canvas = { left: 0, top: 0, right: svg.viewBox.baseVal.width, bottom: svg.viewBox.baseVal.height };
  if (svg.width.baseVal.value !== canvas.right) wrong('it is scaled');
  const texts = all('text').map(boxed);
  const shapes = all('.bar, .knot, .sign, .busy, .thread, .gap').map(boxed);
  for (const it of [...texts, ...shapes]) {
    if (!within(it, canvas)) wrong(`\`${it.label}\` leaves the canvas`);
    if (it.element.matches('text') && it.label && it.right - it.left < 1) wrong(`\`${it.label}\` is not shown`);
  }

  // Only what is at one height can meet.
  const byTop = [...texts].sort((one, two) => one.top - two.top);
  byTop.forEach((one, place) => {
    for (const two of byTop.slice(place + 1)) {
      if (two.top > one.bottom) break;
      const [left, right] = one.left <= two.left ? [one, two] : [two, one];
      if (meet(one, two)) wrong(`\`${left.label}\` is over \`${right.label}\``);
    }
  });

  const rows = new Map();
  const row = (it) => Math.floor((it.top + it.bottom) / 2 / 8);
  for (const it of shapes) rows.set(row(it), [...(rows.get(row(it)) ?? []), it]);
  for (const text of texts) {
    const near = [-1, 0, 1].flatMap((away) => rows.get(row(text) + away) ?? []);
    for (const shape of near) {
      if (!meet(text, shape)) continue;
      const isItsBar = text.element.matches('.inside') && shape.element.matches('.bar') &&
        text.element.parentNode === shape.element.parentNode;
      if (!isItsBar) wrong(`\`${text.label}\` is over a ${shape.label}`);
      else if (!within({ ...text, top: shape.top, bottom: shape.bottom }, shape)) {
        wrong(`\`${text.label}\` does not fit into its bar`);
      }
    }
  }

  // Lanes are aligned: of one height, none over another, their bars in their middle
  // and between the ends of the axis.
  const axis = boxed(all('.axis')[0]);
  const steps = all('.step');
  const lanes = steps.map((step) => boxed(step.querySelector('.row')));
  const names = new Set(steps.map((step) => step.querySelector('text').getAttribute('x')));
  if (names.size > 1) wrong('the names are not aligned');
  lanes.forEach((lane, place) => {
    const above = lanes[place - 1];
    if (above && above.bottom > lane.top + slack) wrong(`lane ${place} is over the one above it`);
    if (lane.bottom - lane.top !== 24) wrong(`lane ${place} has another height`);
    const bar = boxed(steps[place].querySelector('.bar'));
    if (!within(bar, lane)) wrong(`the bar of lane ${place} leaves it`);
    if (Math.abs(bar.top + bar.bottom - lane.top - lane.bottom) > slack) wrong(`the bar of lane ${place} is not in its middle`);
    if (bar.left < axis.left - 4.5 || bar.right > axis.right + 4.5) wrong(`the bar of lane ${place} leaves the axis`);
  });

  const colour = (element, property) =>
    getComputedStyle(element)[property].match(/[\d.]+/g).map(Number);
  const luminance = (rgb) => {
    const [r, g, b] = rgb.map((it) => it / 255).map((it) => it <= 0.04045 ? it / 12.92 : ((it + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const card = colour(svg.querySelector('.card'), 'fill');
  if ((luminance(card) < 0.2) !== (scheme === 'dark')) wrong(`its ground is not ${scheme}`);
  for (const { element, label } of texts) {
    const bar = element.matches('.inside') && element.parentNode.querySelector('.bar');
    const pair = [luminance(colour(element, 'fill')), luminance(bar ? colour(bar, 'fill') : card)];
    const contrast = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    if (contrast < 4.5) wrong(`\`${label}\` has a contrast of ${contrast.toFixed(1)}`);
  }
}
