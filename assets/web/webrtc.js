"use strict";
// A test call from a browser to the recruiter's server, beside the figures that
// the program measured. The link's fragment, which browsers send to nobody, holds the
// session's token and those figures. Nothing leaves the page but the call itself.
(() => {
  const tryLimit = 10_000; // of one way, in ms
  const messages = 250, interval = 20, size = 120; // 50 a second for 5 s, of so many bytes
  const drain = 1000; // how long the last messages are waited for, in ms
  const ways = ["direct", "turn-udp", "turn-tcp", "turn-tls"];
  const dash = "–";

  const at = (id) => document.getElementById(id);
  const words = JSON.parse(at("words").textContent);
  const say = (key, blanks = {}) => words[key].replace(/\{([a-z]+)\}/g, (_, name) => blanks[name]);
  const milliseconds = (v) => v === null ? dash : `${v.toFixed(v < 100 ? 1 : 0)}\u00a0ms`;
  const percent = (v) => v === null ? dash : `${Number((100 * v).toFixed(v < 0.1 ? 2 : 1))}\u00a0%`;

  // Trouble is an error that has words: in the catalogue under its code.
  class Trouble extends Error {
    constructor(code, blanks = {}) { super(code); this.code = code; this.blanks = blanks; }
  }

  // given is what the link says; what it does not say, or wrongly, is null.
  function given() {
    const link = new URLSearchParams(location.hash.slice(1));
    const number = (name, most) => {
      const text = link.get(name) ?? "";
      return /^[0-9]{1,9}(\.[0-9]{1,9})?$/.test(text) && Number(text) <= most ? Number(text) : null;
    };
    const n = number("n", 1e6), loss = number("loss", 1);
    const [low, high] = loss === null || !n ? [null, null] : wilson(loss, n);
    return { token: link.get("token") ?? "", rtt: number("rtt", 60_000), loss, n: n || null, low, high };
  }

  // wilson is the 95 % interval of a share p of n (Wilson, 1927).
  function wilson(p, n) {
    const z = 1.959963984540054, z2 = z * z;
    const middle = (p + z2 / (2 * n)) / (1 + z2 / n);
    const reach = z / (1 + z2 / n) * Math.sqrt(p * (1 - p) / n + z2 / (4 * n * n));
    return [p === 0 ? 0 : Math.max(0, middle - reach), p === 1 ? 1 : Math.min(1, middle + reach)];
  }

  function median(values) {
    if (values.length === 0) return null;
    const sorted = [...values].sort((a, b) => a - b), half = sorted.length >> 1;
    return sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  }

  // ask posts to one of the session's own paths.
  async function ask(token, path, body, signal) {
    let answer, status;
    try {
      const response = await fetch(`/v1/sessions/${token}${path}`, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body), signal, cache: "no-store", credentials: "omit", redirect: "error", referrerPolicy: "no-referrer" });
      status = response.status;
      answer = await response.json();
    } catch (e) {
      throw signal?.aborted ? signal.reason : new Trouble("refused", { code: status ? `HTTP ${status}` : "no answer" });
    }
    if (status >= 300) throw new Trouble("refused", { code: String(answer.code ?? `HTTP ${status}`) });
    return answer;
  }

  // serversFor are the servers that lead one way, in the form of RTCIceServer. Directly
  // there are none: the echo sees by itself where a call comes from, and Chromium hears
  // nothing else from the address of a STUN server, which is the echo's address too.
  function serversFor(servers, way) {
    const kind = (url) => url.startsWith("turns:") ? "turn-tls" : !url.startsWith("turn:") ? null : url.endsWith("?transport=tcp") ? "turn-tcp" : "turn-udp";
    return servers.map((s) => ({ ...s, urls: s.urls.filter((u) => kind(u) === way) })).filter((s) => s.urls.length > 0);
  }

  // dial makes a call by one way, and hangs up where that takes too long.
  async function dial(token, servers, way) {
    const iceServers = serversFor(servers, way);
    if (way !== "direct" && iceServers.length === 0) throw new Trouble("not-offered");
    const begin = performance.now();
    const pc = new RTCPeerConnection({ iceServers, iceTransportPolicy: way === "direct" ? "all" : "relay" });
    const stop = new AbortController();
    const watchdog = setTimeout(() => stop.abort(new Trouble("timed-out")), tryLimit);
    let detail = "";
    pc.onicecandidateerror = (e) => { detail = `${e.errorCode} ${e.errorText}`.trim(); };
    pc.onconnectionstatechange = () => { if (pc.connectionState === "failed") stop.abort(new Trouble("failed")); };
    try {
      const channel = pc.createDataChannel("ping", { ordered: false, maxRetransmits: 0 });
      channel.binaryType = "arraybuffer";
      const opened = new Promise((resolve, reject) => {
        channel.onopen = resolve;
        stop.signal.onabort = () => reject(stop.signal.reason);
      });
      opened.catch(() => {}); // it is waited for below
      await pc.setLocalDescription(await pc.createOffer());
      const answer = await ask(token, "/echo", { sdp: pc.localDescription.sdp }, stop.signal);
      await pc.setRemoteDescription({ type: "answer", sdp: answer.sdp });
      await opened;
      const ms = performance.now() - begin;
      return { pc, channel, ms, over: await transportOf(pc) };
    } catch (e) {
      pc.close();
      throw Object.assign(e, { detail });
    } finally {
      clearTimeout(watchdog);
    }
  }

  // transportOf is what the call goes over, "udp" or "tcp"; null where the browser does not tell.
  async function transportOf(pc) {
    const stats = await pc.getStats();
    for (const s of stats.values()) {
      const pair = s.type === "transport" && stats.get(s.selectedCandidatePairId);
      if (pair) return stats.get(pair.localCandidateId)?.protocol ?? null;
    }
    return null;
  }

  function hangUp(call) {
    call.channel.close(); // by which the far end knows at once
    setTimeout(() => call.pc.close(), 200);
  }

  // measure sends messages through a call and sees what comes back, and when.
  function measure(channel) {
    return new Promise((resolve, reject) => {
      const sent = [], trips = new Map();
      const begin = performance.now();
      let last = begin, broke = false;
      const end = (finish) => {
        clearInterval(ticker);
        document.removeEventListener("visibilitychange", hidden);
        channel.onmessage = channel.onclose = null;
        finish();
      };
      const hidden = () => { if (document.hidden) end(() => reject(new Trouble("hidden"))); };
      channel.onclose = () => { broke = true; };
      channel.onmessage = (e) => {
        const now = performance.now();
        if (e.data.byteLength !== size) return;
        const i = new DataView(e.data).getUint32(0);
        if (i < sent.length && !trips.has(i)) trips.set(i, now - sent[i]);
      };
      const ticker = setInterval(() => { // twice as often as is sent, so that a late tick is made up for
        const now = performance.now();
        if (!broke && sent.length < messages) {
          if (now - begin < sent.length * interval) return;
          const message = new DataView(new ArrayBuffer(size));
          message.setUint32(0, sent.length);
          last = performance.now();
          try { channel.send(message.buffer); sent.push(last); } catch { broke = true; }
        } else if (broke || trips.size === sent.length || now - last > drain) {
          end(() => resolve({ sent: sent.length, came: trips.size, rtt: median([...trips.values()]), broke }));
        }
      }, interval / 2);
      document.addEventListener("visibilitychange", hidden);
      hidden();
    });
  }

  // compare says who does worse: "agree", "browser", "program", "mixed", or that nothing can be said.
  function compare(own, program) {
    const known = program.rtt !== null || program.loss !== null;
    if (own.sent === null) return known ? "browser" : "closed";
    const sides = []; // 1: the browser is worse, -1: the program is
    if (own.rtt !== null && program.rtt !== null) {
      const apart = own.rtt - program.rtt;
      sides.push(Math.abs(apart) <= 5 + 0.1 * Math.max(own.rtt, program.rtt) ? 0 : Math.sign(apart));
    }
    if (own.low !== null && program.low !== null) {
      sides.push(own.low > program.high ? 1 : own.high < program.low ? -1 : 0);
    }
    if (sides.length === 0) return "alone";
    const worse = sides.includes(1), better = sides.includes(-1);
    return worse && better ? "mixed" : worse ? "browser" : better ? "program" : "agree";
  }

  function tell(text, tone) {
    at("verdict").textContent = text;
    at("verdict").dataset.tone = tone;
  }

  function refuse(text) {
    at("problem").textContent = text;
    at("problem").hidden = text === "";
  }

  // showWay writes how one way came out; detail is what the browser itself says.
  function showWay(way, state, tone, time, detail = "") {
    const row = at(way), cell = row.querySelector(".state");
    cell.textContent = state;
    cell.dataset.tone = tone;
    if (detail) {
      const small = document.createElement("span");
      small.className = "detail";
      small.textContent = detail;
      cell.append(small);
    }
    row.querySelector(".time").textContent = milliseconds(time);
    row.querySelector(".used").hidden = true;
  }

  function showFigures(own, program) {
    const interval = (f, key) => f.low === null ? percent(f.loss)
      : say(key, { value: percent(f.loss), low: percent(f.low), high: percent(f.high), lost: f.sent - f.came, n: f.sent ?? f.n });
    at("rtt").textContent = own.rtt === null ? dash : say("trips", { value: milliseconds(own.rtt), n: own.came });
    at("loss").textContent = interval(own, "interval");
    at("program-rtt").textContent = milliseconds(program.rtt);
    at("program-loss").textContent = interval(program, "interval-program");
  }

  // tryWay makes one call and shows how it went; null where it did not come about.
  async function tryWay(token, servers, way, result) {
    showWay(way, say("tried"), "open", null);
    try {
      const call = await dial(token, servers, way);
      result.ways[way] = { ms: call.ms, over: call.over };
      const direct = way === "direct" && call.over;
      showWay(way, direct ? say("yes-over", { transport: call.over.toUpperCase() }) : say("yes"), "good", call.ms);
      return { ...call, way };
    } catch (e) {
      const code = words[e.code] ? e.code : "failed";
      const refused = code === "refused";
      result.ways[way] = { error: refused ? e.blanks.code : code, detail: e.detail ?? "", refused };
      const hint = way === "turn-tls" && !refused && code !== "not-offered" ? say("tls-hint") : "";
      showWay(way, say(code, e.blanks), code === "not-offered" ? "open" : "bad", null, [e.detail, hint].filter(Boolean).join(" · "));
      return null;
    }
  }

  // best is the call to measure by: directly before relayed, but over UDP before TCP.
  function best(calls) {
    const worth = (c) => (c.way === "direct" ? c.over !== "tcp" : c.way === "turn-udp") ? 0 : 1;
    return calls.filter(Boolean).sort((a, b) => worth(a) - worth(b))[0] ?? null;
  }

  async function run(link, result) {
    let ice;
    try {
      ice = await ask(link.token, "/ice", {}, AbortSignal.timeout(tryLimit));
    } catch (e) {
      const code = e instanceof Trouble ? e.blanks.code : "no answer";
      throw code === "session.unknown" ? new Trouble("over") : new Trouble("no-ice", { code });
    }
    tell(say("dialling"), "open");
    const calls = await Promise.all(ways.map((way) => tryWay(link.token, ice.servers, way, result)));
    const call = best(calls);
    calls.filter((c) => c && c !== call).forEach(hangUp);
    const refusal = Object.values(result.ways).find((w) => w.refused);
    if (!call && refusal) throw new Trouble("no-ice", { code: refusal.error }); // says nothing of the browser
    if (call) {
      at(call.way).querySelector(".used").hidden = false;
      tell(say("measuring", { way: at(call.way).querySelector(".name").textContent }), "open");
      try {
        const m = await measure(call.channel);
        Object.assign(result, { best: call.way, rtt: m.rtt, sent: m.sent, came: m.came });
        if (m.sent > 0) {
          result.loss = 1 - m.came / m.sent;
          [result.low, result.high] = wilson(result.loss, m.sent);
        }
        if (m.broke) throw new Trouble("broke");
      } finally {
        hangUp(call);
      }
    }
    result.verdict = compare(result, link);
    const silent = result.came === 0 ? say("silent", { n: result.sent }) + " " : "";
    tell(silent + say(result.verdict), { agree: "open", browser: "bad", program: "bad" }[result.verdict] ?? "warn");
  }

  // start measures once, from the link to the sentence at the end.
  async function start() {
    const result = window.linecheck = { done: false, ways: {}, best: null, rtt: null, loss: null, low: null, high: null, sent: null, came: null, verdict: null, problem: null };
    const link = given();
    const wrong = link.token === "" ? "no-token" : !/^[0-9a-f]{32}$/.test(link.token) ? "bad-token" : typeof RTCPeerConnection === "undefined" ? "no-webrtc" : null;
    at("measured").hidden = wrong !== null;
    refuse(wrong === null ? "" : say(wrong));
    if (wrong !== null) {
      Object.assign(result, { done: true, problem: wrong });
      return;
    }
    at("again").disabled = true;
    ways.forEach((way) => showWay(way, dash, "open", null));
    showFigures(result, link);
    tell("", "open");
    try {
      await run(link, result);
    } catch (e) {
      result.problem = e.code ?? String(e);
      refuse(e instanceof Trouble ? say(e.code, e.blanks) : String(e));
      tell(dash, "open");
    }
    showFigures(result, link);
    at("again").disabled = false;
    result.done = true;
  }

  at("again").addEventListener("click", start);
  addEventListener("hashchange", () => location.reload());
  start();
})();
