// The grid of creatures: asked for, waited for, shown.
import { FILTERS, addressOf } from "./address.js";
import { listMysfits } from "./api.js";
import { element, find } from "./dom.js";
import { offerSpecies } from "./filters.js";
import { Trouble, notice } from "./trouble.js";

const GHOSTS = 12;
const UNNOTICED = 250; // milliseconds for which the old creatures stay, before ghosts take their places
const grid = find("grid");
const count = find("count");
const place = find("grid-notice");
const trouble = new Trouble(place, () => show(wanted, openMysfit));
let running = null;
let waiting = null;
let wanted = null;
let openMysfit = null;
let known = new Map();

// What the grid knows about a creature without asking again; or undefined.
export function knownMysfit(id) {
	return known.get(id);
}

export function cardOf(id) {
	return grid.querySelector(`a[data-id="${CSS.escape(id)}"]`);
}

// `open` is told the id of a creature whose card was chosen.
export async function show(filters, open) {
	wanted = filters;
	openMysfit = open;
	running?.abort();
	running = new AbortController();
	const { signal } = running;
	startWaiting();
	try {
		const mysfits = await ask(filters, signal);
		if (!signal.aborted)
			finish(mysfits);
	} catch (error) {
		if (!signal.aborted)
			fail(error);
	}
}

// A menu is a question to the service; who is in every answer is shown. All of them are needed once, for the menu of
// species.
async function ask(filters, signal) {
	const questions = Object.entries(filters).map(([name, value]) => listMysfits(FILTERS[name], value, signal));
	if (!questions.length || !known.size)
		questions.push(listMysfits(null, null, signal).then(remember));
	const [first, ...others] = await Promise.all(questions);
	const ids = others.map((answer) => new Set(answer.map(({ mysfitId }) => mysfitId)));
	return first.filter(({ mysfitId }) => ids.every((some) => some.has(mysfitId)));
}

function remember(all) {
	known = new Map(all.map((mysfit) => [mysfit.mysfitId, mysfit]));
	offerSpecies(all);
	return all;
}

function startWaiting() {
	grid.setAttribute("aria-busy", "true");
	clearTimeout(waiting);
	if (!trouble.shown)
		waiting = setTimeout(haunt, grid.children.length ? UNNOTICED : 0);
}

function haunt() {
	place.replaceChildren();
	count.textContent = "Leafing through the book\u2026";
	grid.replaceChildren(...Array.from({ length: GHOSTS }, ghost));
}

function ghost() {
	const bars = [1, 2, 3].map(() => element("span", { class: "bar" }));
	return element("li", { "aria-hidden": "true" },
		element("div", { class: "card ghost" }, element("div", { class: "niche" }), ...bars));
}

function stopWaiting() {
	clearTimeout(waiting);
	grid.setAttribute("aria-busy", "false");
}

function finish(mysfits) {
	stopWaiting();
	const focusLost = trouble.clear();
	mysfits.sort((a, b) => a.name.localeCompare(b.name));
	place.replaceChildren(...(mysfits.length ? [] : [nobody()]));
	grid.replaceChildren(...mysfits.map(card));
	count.textContent = summary(mysfits.length);
	if (focusLost)
		find("creatures").focus();
}

function fail(error) {
	stopWaiting();
	grid.replaceChildren();
	count.textContent = "";
	trouble.show(error);
}

function summary(n) {
	const which = Object.values(wanted).join(", ");
	if (n === 0)
		return which ? `No creature is ${which}.` : "The book is empty.";
	return (n === 1 ? "One creature" : `${n} creatures`) + (which ? `: ${which}` : ", all of them looking for a home");
}

function nobody() {
	if (!known.size)
		return notice({ image: "images/empty.svg", title: "Nobody lives here yet", text: "The book is bound and its pages are blank. Creatures are expected." });
	const all = element("button", { class: "button", type: "button", onclick: () => find("all").click() }, "Show all creatures");
	return notice({ image: "images/empty.svg", title: "No such creature", text: "The book has an empty page for this one. It may turn up; stranger things have.", actions: [all] });
}

function card(mysfit) {
	const { mysfitId, name, species, alignment, goodevil, thumbImageUri } = mysfit;
	const open = (event) => {
		if (event.ctrlKey || event.metaKey || event.shiftKey)
			return;
		event.preventDefault();
		openMysfit(mysfitId);
	};
	const wall = { Good: "good", Evil: "evil" }[goodevil] ?? "";
	return element("li", { class: "shown" },
		element("a", { class: "card", href: addressOf({ filters: wanted, mysfit: mysfitId }), "data-id": mysfitId, onclick: open },
			element("div", { class: "niche " + wall }, picture(thumbImageUri, "idle"), picture(thumbImageUri + "#hello", "hello")),
			element("h3", {}, name),
			element("p", { class: "species" }, species),
			element("p", { class: "alignment" }, alignment)));
}

// The pictures of this book look up when they are addressed with #hello. The name beside them says who it is.
function picture(address, state) {
	return element("img", { class: state, src: address, alt: "", width: 320, height: 320 });
}
