// The requests as a timeline for each device: what came when, and how it was answered.
"use strict";

const timeline = (() => {
  const clockTime = (at) => new Date(at).toISOString().slice(11, 23);

  // An element with a class, a text, or children.
  const make = (name, attributes = {}, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value === true) element.setAttribute(key, "");
      else if (value !== false && value !== null && value !== undefined) element.setAttribute(key, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  };

  const fingerprint = (request, kind) => request.secrets.find((secret) => secret.kind === kind)?.fingerprint;
  const browser = (request) => request.origin === "web" || /authenticate(_session)?$|^browser_logout$/.test(request.endpoint ?? "");

  // The lane that a request belongs to: its device, or what is known before there is one.
  const laneOf = (request) => {
    if (browser(request)) return { key: "browsers", name: "Browsers" };
    const device = fingerprint(request, "device_id");
    if (device) return { key: `device ${device}`, name: "Device", mark: device };
    return { key: `client ${request.client}`, name: `No device id yet, from ${request.client}` };
  };

  const kindOf = (request) => {
    if (!request.ended) return "open";
    if (request.status === null || request.status >= 500) return "bad";
    return request.fault || request.status >= 400 ? "warn" : "good";
  };

  const answered = (request) => {
    if (!request.ended) return "…";
    return request.status === null ? "no answer" : String(request.status);
  };

  const entries = (pairs) => Object.entries(pairs).map(([name, value]) => `${name}=${value}`).join(", ");

  const details = (request) => {
    const secrets = request.secrets.map((secret) => `${secret.kind} (${secret.carrier.toLowerCase()}) ${secret.fingerprint}`);
    const rows = [
      ["Number", request.number],
      ["Endpoint", request.endpoint ?? "none"],
      ["Client", request.client],
      ["Parameters", entries(request.parameters)],
      ["Secrets", secrets.join(", ")],
      ["Headers", request.headers.join(", ")],
      ["Fault", request.fault],
    ];
    const list = make("dl");
    for (const [name, value] of rows) {
      if (value !== null && value !== "") list.append(make("dt", {}, name), make("dd", {}, String(value)));
    }
    return list;
  };

  const row = (request, open) => {
    const kind = kindOf(request);
    const fault = request.fault ? ` · ${request.fault}` : "";
    const summary = make("summary", {},
      make("span", { class: "soft" }, clockTime(request.at)),
      make("span", {}, request.method),
      make("span", { class: "path" }, request.path),
      make("span", { class: kind === "open" ? "soft" : kind }, answered(request) + fault));
    const element = make("details", { open }, summary, details(request));
    element.dataset.number = request.number;
    return make("li", {}, element);
  };

  const listsOf = (place) => [...place.querySelectorAll(".requests")].map((list) => [list.closest(".lane").dataset.lane, list]);

  // What was drawn last. The same again is left alone, so that nobody loses what they have selected in it.
  let drawn = "";

  const draw = (place, requests, withBrowsers) => {
    const key = JSON.stringify([withBrowsers, requests]);
    if (key === drawn) return place.children.length;
    drawn = key;
    const open = new Set([...place.querySelectorAll("details[open]")].map((one) => one.dataset.number));
    const focused = document.activeElement?.closest?.("#lanes details")?.dataset.number;
    // Who has scrolled back stays there; who is at the end sees what comes.
    const above = new Map(listsOf(place)
      .filter(([, list]) => list.scrollTop + list.clientHeight < list.scrollHeight - 1)
      .map(([lane, list]) => [lane, list.scrollTop]));
    const lanes = new Map();
    for (const request of requests) {
      if (request.endpoint === "asset" || (!withBrowsers && browser(request))) continue;
      const lane = laneOf(request);
      if (!lanes.has(lane.key)) lanes.set(lane.key, { ...lane, requests: [] });
      const found = lanes.get(lane.key);
      found.requests.push(request);
      if (found.mark && request.device) found.name = request.device;
    }
    const first = requests.length ? requests[0].at : 0;
    const span = requests.reduce((most, request) => Math.max(most, request.at - first), 1);
    place.replaceChildren(...[...lanes.values()].map((lane) => {
      const track = make("div", { class: "track", "aria-hidden": "true" });
      for (const request of lane.requests) {
        const dot = make("span", { class: kindOf(request), title: `${request.method} ${request.path}: ${answered(request)}` });
        dot.style.left = `${((request.at - first) / span) * 100}%`;
        track.append(dot);
      }
      const count = lane.requests.length === 1 ? "1 request" : `${lane.requests.length} requests`;
      const head = make("h3", {}, lane.name, make("span", { class: "soft" }, `${lane.mark ? ` · ${lane.mark}` : ""} · ${count}`));
      const list = make("ol", { class: "requests", tabindex: "0", "aria-label": `Requests: ${lane.name}` },
        ...lane.requests.map((request) => row(request, open.has(String(request.number)))));
      const box = make("div", { class: "lane" }, head, track, list);
      box.dataset.lane = lane.key;
      return box;
    }));
    for (const [lane, list] of listsOf(place)) list.scrollTop = above.get(lane) ?? list.scrollHeight;
    if (focused) place.querySelector(`details[data-number="${focused}"] summary`)?.focus({ preventScroll: true });
    return lanes.size;
  };

  return { draw, make, clockTime };
})();
