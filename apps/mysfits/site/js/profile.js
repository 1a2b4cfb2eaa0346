// A creature's page, in a dialog.
import { whyNot } from "./account.js";
import { getMysfit } from "./api.js";
import { element, find } from "./dom.js";
import { knownMysfit } from "./grid.js";
import { Trouble, notice } from "./trouble.js";

const dialog = find("profile");
const page = find("profile-page");
const trouble = new Trouble(page, () => load(shown));
let shown = null;
let running = null;
let closed = null;

export function openProfile(id) {
	if (shown === id)
		return;
	shown = id;
	trouble.clear();
	if (!dialog.open)
		dialog.showModal();
	dialog.scrollTop = 0;
	load(id);
}

export function closeProfile() {
	dialog.close();
	putAway();
}

// `tell` is told when the dialog was closed, by whatever means, and which creature it was about.
export function onClose(tell) {
	closed = tell;
	find("profile-close").addEventListener("click", closeProfile);
	dialog.addEventListener("click", (event) => event.target === dialog && closeProfile());
	dialog.addEventListener("close", putAway);
}

// The browser tells late that the dialog was closed; it may be open again by then, or put away already.
function putAway() {
	if (shown === null || dialog.open)
		return;
	const id = shown;
	shown = null;
	running?.abort();
	trouble.clear();
	page.replaceChildren();
	closed(id);
}

async function load(id) {
	running?.abort();
	running = new AbortController();
	const { signal } = running;
	if (!trouble.shown)
		page.replaceChildren(ghost(knownMysfit(id)));
	try {
		const mysfit = await getMysfit(id, signal);
		if (!signal.aborted)
			finish(mysfit);
	} catch (error) {
		if (!signal.aborted)
			fail(error);
	}
}

function finish(mysfit) {
	const focusLost = trouble.clear();
	page.replaceChildren(spread(mysfit));
	if (focusLost)
		find("profile-close").focus();
}

function fail(error) {
	if (error.status !== 404) {
		trouble.show(error);
		return;
	}
	const back = element("button", { class: "button", type: "button", onclick: closeProfile }, "Back to the creatures");
	page.replaceChildren(notice({
		image: "images/empty.svg", title: "No such creature", alert: true, actions: [back],
		text: "This page was torn out, or it was never written. The others are still here.",
	}));
}

function ghost(mysfit) {
	const bars = Array.from({ length: 7 }, () => element("span", { class: "bar" }));
	const name = mysfit ? mysfit.name : "Turning the page\u2026";
	return element("div", { class: "spread", "aria-busy": "true" },
		element("div", { class: "plate ghost" }),
		element("div", { class: "entry" }, heading(name, mysfit?.species ?? ""), element("div", { class: "ghost story" }, ...bars)));
}

function heading(name, kind) {
	return element("div", {}, element("h2", { id: "profile-name" }, name), element("p", { class: "kind" }, kind));
}

function spread(mysfit) {
	const { name, species, age, description, profileImageUri } = mysfit;
	const portrait = element("img", { src: profileImageUri, alt: `Portrait of ${name}, ${article(species)}`, width: 640, height: 480 });
	return element("article", { class: "spread" },
		element("div", { class: "plate" }, portrait),
		element("div", { class: "entry" },
			heading(name, `${species}, ${years(age)}`), element("p", { class: "story" }, description), ...deeds(mysfit)),
		facts(mysfit));
}

function article(noun) {
	return (/^[AEIOU]/i.test(noun) ? "an " : "a ") + noun;
}

function years(age) {
	return age === 1 ? "one year old" : `${age} years old`;
}

function facts({ goodevil, lawchaos, alignment, likes, adopted }) {
	const pairs = [["Alignment", alignment], ["Likes", likes === 0 ? "none yet" : likes], ["Home", adopted ? "found" : "wanted"]];
	const list = pairs.flatMap(([term, value]) => [element("dt", {}, term), element("dd", {}, String(value))]);
	return element("div", { class: "facts" }, rose(goodevil, lawchaos), element("dl", {}, ...list));
}

// Where the creature stands, as a picture of what the word beside it says.
function rose(goodevil, lawchaos) {
	const rows = ["Good", "Neutral", "Evil"];
	const columns = ["Lawful", "Neutral", "Chaotic"];
	const cells = rows.flatMap((row) => columns.map((column) =>
		element("span", { class: row === goodevil && column === lawchaos ? "here" : null })));
	return element("div", { class: "rose", "aria-hidden": "true" }, ...cells);
}

function deeds({ name, adopted }) {
	const first = name.split(" ").find((word) => !/^(Sir|Auntie)$/.test(word));
	const says = element("p", { class: "says", role: "status" });
	const explain = (deed) => () => {
		says.textContent = whyNot(deed, first);
		says.scrollIntoView({ block: "nearest" });
	};
	const like = element("button", { class: "button quiet", type: "button", onclick: explain("like") },
		element("span", { class: "heart", "aria-hidden": "true" }, "\u2665"), `Like ${first}`);
	const adopt = adopted
		? element("p", { class: "home" }, `${first} has found a home.`)
		: element("button", { class: "button", type: "button", onclick: explain("adopt") }, `Adopt ${first}`);
	return [element("div", { class: "deeds" }, adopt, like), says];
}
