// The dashboard: shows the sandbox's world as it changes, and changes it, all by the control API.
"use strict";

const { make, clockTime } = timeline;
const at = (id) => document.getElementById(id);

// Every call carries the header that no other page may send.
const call = async (method, path, body, signal) => {
  const headers = { "Couchpass-Control": "1" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const answer = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), signal });
  const text = await answer.text();
  const json = text ? JSON.parse(text) : null;
  if (!answer.ok) throw new Error(json?.message ?? `${method} ${path}: ${answer.status}`);
  return json;
};

// Does something, and says what was wrong with it, if anything.
const attempt = async (work) => {
  const told = at("told");
  try {
    const result = await work();
    told.hidden = true;
    return result;
  } catch (error) {
    told.textContent = error.message;
    told.hidden = false;
    return undefined;
  }
};

let world = null;
let requests = [];
let heard = 0; // When the clock was last heard, by this machine.

const now = () => (world.clock.frozen ? world.clock.now : world.clock.now + (Date.now() - heard));

const left = (expires) => {
  const seconds = Math.round((expires - now()) / 1000);
  if (seconds <= 0) return "expired";
  if (seconds < 120) return `${seconds} s left`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min left`;
  return seconds < 172800 ? `${Math.round(seconds / 3600)} h left` : `${Math.round(seconds / 86400)} days left`;
};

// What says the same as before is not drawn anew, so that nobody loses their place in it.
const drawn = new Map();
const says = (place, what) => {
  const key = JSON.stringify(what);
  if (drawn.get(place) === key) return false;
  drawn.set(place, key);
  return true;
};

const list = (id, items, draw, nothing) => {
  if (!says(id, items)) return;
  at(id).replaceChildren(...(items.length ? items.map(draw) : [make("li", { class: "soft" }, nothing)]));
};

const button = (text, work, label) => {
  const element = make("button", { type: "button", "aria-label": label }, text);
  element.addEventListener("click", () => attempt(work));
  return element;
};

const choose = (select, options) => {
  if (!says(select, options)) return;
  select.replaceChildren(...options.map(([value, text]) => make("option", { value }, text)));
};

const codeItem = (code) => {
  const item = make("li", {},
    make("span", { class: "code" }, code.code),
    make("span", { class: "grow soft" }, `${code.requestor} · ${code.api} · ${code.mvpd ?? "no provider yet"} · ${code.state}`),
    make("time", { class: "soft", "data-expires": code.expires }, left(code.expires)));
  const answer = (how) => () => call("POST", `/codes/${code.code}/${how}`, { account: at("answer-as").value });
  // Whoever has said no may think better of it; a yes is done.
  if (code.state !== "approved") item.append(button("Approve", answer("approve"), `Approve ${code.code}`));
  if (code.state === "waiting") item.append(button("Deny", answer("deny"), `Deny ${code.code}`));
  item.append(
    make("a", { href: `${world.addresses.activate}?code=${code.code}`, target: "_blank", rel: "noreferrer" }, "Open"));
  return item;
};

const faultWords = (fault) => {
  const [name, fields] = typeof fault.effect === "string" ? [fault.effect, null] : Object.entries(fault.effect)[0];
  const calls = typeof fault.calls === "string" ? fault.calls : Object.entries(fault.calls)[0].join(" ");
  const values = fields ? ` ${Object.values(fields).map((value) => (typeof value === "object" ? JSON.stringify(value) : value)).join(" ")}` : "";
  return `${name}${values} at ${fault.endpoint ?? "any call"}, ${calls}, ${fault.phase}`;
};

const faultItem = ({ id, fault, seen, struck }) => make("li", {},
  make("span", { class: "grow" }, faultWords(fault)),
  make("span", { class: "soft" }, `struck ${struck} of ${seen}`),
  button("Remove", () => call("DELETE", `/faults/${id}`), `Remove fault ${id}`));

const holdItem = (name) => make("li", {},
  make("span", { class: "grow warn" }, `A call stands still: ${name}`),
  button("Release", () => call("POST", `/holds/${encodeURIComponent(name)}/release`), `Release ${name}`));

const trialItem = (trial) => make("li", {},
  make("span", { class: "grow" }, `${trial.mvpd} · ${trial.requestor} · ${trial.devices.join(", ")}`),
  make("span", { class: "soft" }, trial.ends === null ? "not begun" : `until ${clockTime(trial.ends)}`),
  trial.remaining === null ? null : make("span", { class: "soft" }, `${trial.remaining} titles left`));

const bucketItem = (bucket) => make("li", {},
  make("span", { class: "grow" }, bucket.client),
  make("meter", { min: 0, max: bucket.most, low: 3, value: bucket.left, "aria-label": `Calls left for ${bucket.client}` }),
  make("span", { class: "soft" }, `${bucket.left} of ${bucket.most} calls`));

const authenticationItem = (one) => make("li", {},
  make("span", { class: "grow" }, `${one.account ?? "TempPass"} · ${one.mvpd} · ${one.requestor} · ${one.api}`),
  one.by_platform_token ? make("span", { class: "good" }, "by platform token") : null,
  make("time", { class: "soft", "data-expires": one.expires }, left(one.expires)));

const ADDRESSES = { api: "REST v1, codes (api)", sp: "Registration, REST v2 (sp)", web: "Second screen (web)", activate: "To enter a code" };

const showAddresses = () => {
  if (!says("addresses", world.addresses)) return;
  const entries = Object.entries(ADDRESSES).flatMap(([name, words]) => [make("dt", {}, words), make("dd", {}, world.addresses[name])]);
  at("addresses").replaceChildren(...entries);
};

const showClock = () => {
  if (!world) return;
  at("now").textContent = `${new Date(now()).toISOString().slice(0, 19).replace("T", " ")} UTC`;
  at("frozen").textContent = world.clock.frozen ? "(stands still)" : "";
  for (const time of document.querySelectorAll("time[data-expires]")) {
    const words = left(Number(time.dataset.expires));
    if (time.textContent !== words) time.textContent = words;
  }
};

const show = () => {
  const withBrowsers = at("browsers").checked;
  at("nothing").hidden = timeline.draw(at("lanes"), requests, withBrowsers) > 0;
  choose(at("answer-as"), world.accounts.map((one) => [one.name, `${one.name} (${one.mvpd})`]));
  list("codes", world.codes, codeItem, "No code is waiting.");
  list("authentications", world.authentications, authenticationItem, "Nobody is signed in.");
  const standing = [...world.holds.map((hold) => ({ hold })), ...world.faults];
  list("faults", standing, (one) => (one.hold ? holdItem(one.hold) : faultItem(one)), "Nothing goes wrong on purpose.");
  const integrations = world.requestors.flatMap((requestor) => requestor.mvpds.map((mvpd) => [`${requestor.id} ${mvpd}`, `${mvpd} for ${requestor.id}`]));
  choose(at("degraded"), integrations);
  list("degradations", world.degradations, (one) => make("li", {}, `${one.rule} · ${one.mvpd} · ${one.requestor}`), "No provider is degraded.");
  list("trials", world.trials, trialItem, "Nobody has had a trial.");
  list("buckets", world.settings.throttling === "off" ? [] : world.buckets, bucketItem, "Nobody has been counted.");
  at("freeze").checked = world.clock.frozen;
  at("throttling").value = world.settings.throttling;
  at("enhanced").checked = world.settings.enhanced_errors;
  list("accounts", world.accounts, (one) => make("tr", {}, make("td", {}, one.name), make("td", {}, one.password), make("td", {}, one.mvpd)), "");
  showAddresses();
  showClock();
};

// What has come since the last look; what was open then is looked at again.
const look = async () => {
  const seen = requests.findIndex((request) => !request.ended);
  const since = seen < 0 ? (requests.at(-1)?.number ?? -1) + 1 : requests[seen].number;
  // In this order: whatever comes between the two has another version, so that the wait for it ends at once.
  const state = await call("GET", "/world");
  const news = await call("GET", `/requests?since=${since}`);
  // Somebody else may have cleared the record, or reset the sandbox.
  const first = state.first_request ?? Infinity;
  const kept = requests.filter((request) => request.number >= first && request.number < since);
  requests = [...kept, ...news.requests];
  world = state;
  heard = Date.now();
  show();
};

const forget = () => {
  requests = [];
  drawn.delete("codes");
};

// Waits for a change, looks, and waits again. A server-sent stream would do as well, but a browser's reader of those
// cannot send the header that the control API asks for.
const follow = async () => {
  for (;;) {
    try {
      await look();
      at("link").textContent = "Live";
      await call("POST", "/changes/wait", { since: world.version, timeout_ms: 30000 });
    } catch {
      at("link").textContent = "The sandbox does not answer. Trying again…";
      forget();
      await new Promise((again) => setTimeout(again, 1000));
    }
  }
};

const save = (name, json) => {
  const link = make("a", { download: name });
  link.href = URL.createObjectURL(new Blob([JSON.stringify(json, null, 2)], { type: "application/json" }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
};

const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`This is no recorded case: ${error.message}`);
  }
};

const stamp = () => new Date().toISOString().slice(0, 19).replaceAll(":", "-");

for (const one of document.querySelectorAll("[data-call]")) {
  const [method, path] = one.dataset.call.split(" ");
  const body = one.dataset.body ? JSON.parse(one.dataset.body) : undefined;
  one.addEventListener("click", () => attempt(() => call(method, path, body)));
}
at("browsers").addEventListener("change", show);
at("clear").addEventListener("click", () => attempt(async () => {
  await call("DELETE", "/requests");
  forget();
  await look();
}));
at("reset").addEventListener("click", () => attempt(async () => {
  await call("POST", "/reset");
  at("replayed").textContent = "";
  forget();
}));
at("save-har").addEventListener("click", () => attempt(async () => save(`couchpass-${stamp()}.har`, await call("GET", "/har"))));
at("save-case").addEventListener("click", () => attempt(async () => save(`couchpass-case-${stamp()}.json`, await call("GET", "/case"))));
at("replay-file").addEventListener("change", (event) => attempt(async () => {
  const [file] = event.target.files;
  if (!file) return;
  const text = await file.text();
  event.target.value = "";
  const recorded = parsed(text);
  forget();
  at("replayed").textContent = "Replaying…";
  try {
    const replay = await call("POST", "/replay", recorded);
    const first = replay.differences[0];
    at("replayed").textContent = replay.same
      ? `Replayed: all ${replay.requests} requests were answered as recorded.`
      : `Replayed: ${replay.differences.length} differences. The first: ${first.what} of ${first.call} was ${first.recorded}, and is ${first.replayed}.`;
  } catch (error) {
    at("replayed").textContent = "";
    throw error;
  }
}));
at("freeze").addEventListener("change", (event) => attempt(() => call("PUT", "/clock", { frozen: event.target.checked })));
at("throttling").addEventListener("change", (event) => attempt(() => call("PUT", "/settings", { throttling: event.target.value })));
at("enhanced").addEventListener("change", (event) => attempt(() => call("PUT", "/settings", { enhanced_errors: event.target.checked })));
at("degradation").addEventListener("submit", (event) => {
  event.preventDefault();
  const [requestor, mvpd] = at("degraded").value.split(" ");
  attempt(() => call("POST", "/degradations", { requestor, mvpd, rule: at("rule").value }));
});

// Some effects have a value of their own.
const chooseEffect = () => {
  const { field, value, least, most } = at("effect").selectedOptions[0].dataset;
  at("value-of").hidden = !field;
  at("value-of").querySelector("label").textContent = field ?? "";
  Object.assign(at("value"), { type: least ? "number" : "text", min: least ?? "", max: most ?? "", required: Boolean(field), value: value ?? "" });
};
at("effect").addEventListener("change", chooseEffect);
chooseEffect();
at("fault").addEventListener("submit", (event) => {
  event.preventDefault();
  const { value: effect, dataset: { field, least } } = at("effect").selectedOptions[0];
  const typed = at("value").value.trim();
  const value = least ? Number(typed) : typed;
  const [kind, count] = at("calls").value.split(" ");
  const fault = {
    effect: field ? { [effect]: { [field]: value } } : effect,
    calls: count ? { [kind]: Number(count) } : kind,
    phase: at("phase").value,
  };
  if (at("endpoint").value.trim()) fault.endpoint = at("endpoint").value.trim();
  attempt(() => call("POST", "/faults", fault));
});
const ENDPOINTS = "register token create_code read_code delete_code provider_list authenticate authenticate_code free_preview check_authn check_authn_code authn_token authorize authz_token media_token preauthorize preauthorize_code user_metadata logout configuration create_session read_session resume_session authenticate_session profiles mvpd_profile code_profile preauthorize_decisions authorize_decisions mvpd_logout browser_logout page asset";
at("endpoints").append(...ENDPOINTS.split(" ").map((value) => make("option", { value })));

setInterval(showClock, 1000);
follow();
