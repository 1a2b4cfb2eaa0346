// What is shown is in the address, so that it can be sent to a friend, and so that the back button works.
export const FILTERS = { species: "Species", goodevil: "GoodEvil", lawchaos: "LawChaos", alignment: "Alignment" };

// { filters: { species: "Gloammoth" }, mysfit: an id or null }
export function readAddress() {
	const query = new URLSearchParams(location.search);
	const chosen = Object.keys(FILTERS).filter((name) => query.get(name));
	return {
		filters: Object.fromEntries(chosen.map((name) => [name, query.get(name)])),
		mysfit: query.get("mysfit") || null,
	};
}

export function addressOf({ filters, mysfit = null }) {
	const query = new URLSearchParams(filters);
	if (mysfit)
		query.set("mysfit", mysfit);
	return location.pathname + (query.size ? "?" + query : "");
}

// `state` is kept with the entry in the history.
export function go(to, state = null) {
	history.pushState(state, "", addressOf(to));
}
