"use strict";

// The page's own script: it reads the files, asks the verifier inside the page
// and lays out what that says. It judges nothing, and puts every text in as text.
(() => {
	const at = (id) => document.getElementById(id);
	const { limit, words } = JSON.parse(at("words").textContent);
	const marks = { good: "✓", warn: "!", bad: "✕", stop: "✕", open: "–" };
	// The trust file stays in this object alone, so it is gone with the page.
	const chosen = { trust: null, report: null };
	let module = null; // the compiled verifier
	let running = null; // its instance; null before the first and after one that stopped
	let turn = 0; // counts what was asked for, so that an older answer never overwrites a newer one
	const latest = { trust: null, report: null }; // the file last put into each field

	async function compile() {
		const packed = Uint8Array.from(atob(at("verifier").textContent), (c) => c.charCodeAt(0));
		at("verifier").remove();
		const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream("gzip"));
		module = await WebAssembly.compile(await new Response(stream).arrayBuffer());
	}

	async function start() {
		const go = new Go();
		const mine = await WebAssembly.instantiate(module, go.importObject);
		running = mine;
		const gone = () => { if (running === mine) running = null; };
		go.run(mine).then(gone, gone);
	}

	const ready = compile();

	function moment() {
		const day = at("day");
		if (day.validity.badInput || day.validity.rangeUnderflow || day.validity.rangeOverflow) return NaN;
		return day.value === "" ? Date.now() : Date.parse(day.value + "T12:00:00Z");
	}

	async function ask() {
		const now = ++turn;
		if (!chosen.trust || !chosen.report) {
			const missing = chosen.trust ? "report" : chosen.report ? "trust" : "both";
			return say(words["page.headline.waiting"], words["page.waiting." + missing], "");
		}
		const name = chosen.report.name;
		say(words["page.busy"], "", name);
		await new Promise((done) => setTimeout(done, 20)); // so that the line above is seen
		let answer;
		try {
			await ready;
			if (!running) await start();
			if (now !== turn) return;
			answer = JSON.parse(globalThis.verify(chosen.report.bytes, chosen.trust.bytes, moment()));
		} catch {
			running = null;
			const why = module ? words["page.problem.broken"].replace("{file}", () => clean(name)) : words["page.problem.browser"];
			if (now !== turn) return;
			empty("report");
			say(words["page.headline.problem"], why, name);
			return;
		}
		show(answer, name);
	}

	// clean drops from a file's name what would steer the line; the verifier does it for all other texts.
	function clean(text) {
		return text.replace(/[\p{Cc}\p{Cf}]/gu, "");
	}

	function say(headline, meaning, name) {
		at("result").hidden = true;
		verdict("open", headline, meaning, name);
	}

	function verdict(tone, headline, meaning, name) {
		const box = at("verdict");
		box.dataset.tone = tone;
		box.querySelector(".mark").textContent = marks[tone];
		at("headline").textContent = headline;
		at("file").textContent = clean(name);
		at("meaning").textContent = meaning;
		document.title = (name ? clean(name) + ": " + headline : words["page.title"]) + " – Linecheck";
	}

	function node(kind, className, text, ...children) {
		const n = document.createElement(kind);
		if (className) n.className = className;
		if (text) n.textContent = text;
		n.append(...children);
		return n;
	}

	function mark(tone) {
		const m = node("span", "mark", marks[tone]);
		m.setAttribute("aria-hidden", "true");
		return m;
	}

	function toned(n, tone) {
		n.dataset.tone = tone;
		return n;
	}

	const pairs = (list) => list.map((f) => node("div", f.text.length > 40 ? "wide" : "", "", node("dt", "", f.name), node("dd", "", f.text)));

	function show(answer, name) {
		const s = answer.shown;
		verdict(s.tone, s.headline, s.meaning, name);
		at("facts").replaceChildren(...pairs(s.facts));
		at("steps").replaceChildren(...s.steps.map((p) => toned(node("li", "", "", mark(p.tone),
			node("span", "status", p.status), node("span", "name", p.name), node("span", "detail", p.detail)), p.tone)));
		table(s);
		at("findings").replaceChildren(...s.findings.map((f) => toned(node("li", "", "",
			node("h3", "", "", mark(f.tone), node("span", "", f.severity + " " + f.title)),
			...f.lines.map((l) => node("p", "", l)), node("dl", "", "", ...pairs(f.facts))), f.tone)));
		for (const part of ["steps", "findings"]) at(part + "-part").hidden = s[part].length === 0;
		at("table-part").hidden = s.rows.length === 0;
		at("result").hidden = s.facts.length === 0;
		at("verdict").scrollIntoView({ block: "nearest" });
	}

	// The roles are said again because a narrow screen shows each row as a list, which makes a browser forget them.
	function cell(kind, role, text, label) {
		const c = node(kind, "", "", node("span", "", text));
		c.setAttribute("role", role);
		if (label) c.dataset.label = label;
		return c;
	}

	function row(cells, tone) {
		const r = node("tr", "", "", ...cells);
		r.setAttribute("role", "row");
		return tone ? toned(r, tone) : r;
	}

	function table(s) {
		const last = s.head.length - 1;
		document.querySelector("thead").replaceChildren(row(s.head.map((h) => cell("th", "columnheader", h))));
		document.querySelector("tbody").replaceChildren(...s.rows.map((r) => row(r.cells.map((text, i) => {
			const c = i === 0 ? cell("th", "rowheader", text) : cell("td", "cell", text, s.head[i]);
			if (i === last) c.prepend(mark(r.tone));
			return c;
		}), r.tone)));
	}

	async function take(kind, file) {
		chosen[kind] = null;
		latest[kind] = file;
		if (!file) return ask();
		if (file.size > limit) {
			empty(kind);
			return refuse("page.problem.large", file.name);
		}
		let bytes;
		try {
			bytes = new Uint8Array(await file.arrayBuffer());
		} catch {
			if (latest[kind] !== file) return;
			empty(kind);
			return refuse("page.problem.read", file.name);
		}
		if (latest[kind] !== file) return;
		chosen[kind] = { name: file.name, bytes };
		return ask();
	}

	// empty makes a field forget its file: a browser tells of the same file chosen again only then.
	function empty(kind) {
		chosen[kind] = latest[kind] = null;
		at(kind).value = "";
	}

	function refuse(key, name) {
		turn++;
		say(words["page.headline.problem"], words[key].replace("{file}", () => clean(name)), "");
	}

	for (const zone of document.querySelectorAll(".zone")) {
		const kind = zone.dataset.kind;
		const input = at(kind);
		input.addEventListener("change", () => take(kind, input.files[0]));
		zone.addEventListener("dragover", () => zone.classList.add("over"));
		zone.addEventListener("dragleave", () => zone.classList.remove("over"));
		zone.addEventListener("drop", (event) => {
			zone.classList.remove("over");
			const files = event.dataTransfer.files;
			if (files.length > 1) return refuse("page.problem.many", "");
			if (files.length === 0) return;
			input.files = files; // so that the field shows the name
			take(kind, files[0]);
		});
	}
	// A file dropped beside a field must not replace the page.
	for (const name of ["dragover", "drop"]) document.addEventListener(name, (event) => event.preventDefault());
	at("form").addEventListener("submit", (event) => event.preventDefault());
	at("day").addEventListener("change", () => { if (chosen.trust && chosen.report) ask(); });
	ready.catch(() => refuse("page.problem.browser", ""));
})();
