// The menus.
import { FILTERS } from "./address.js";
import { element, find } from "./dom.js";

const menus = Object.keys(FILTERS).map(find);

export function onChoice(tell) {
	find("filters").addEventListener("submit", (event) => event.preventDefault());
	for (const menu of menus)
		menu.addEventListener("change", () => tell(chosen()));
}

function chosen() {
	return Object.fromEntries(menus.filter((menu) => menu.value).map((menu) => [menu.name, menu.value]));
}

// An address may ask for what no menu offers; it is shown as what it is, so that it can be changed.
export function showChoice(filters) {
	for (const menu of menus) {
		const value = filters[menu.name] ?? "";
		if (![...menu.options].some((option) => option.value === value))
			menu.append(element("option", {}, value));
		menu.value = value;
		menu.classList.toggle("chosen", value !== "");
	}
}

export function offerSpecies(mysfits) {
	const menu = find("species");
	const value = menu.value;
	const names = new Set(mysfits.map(({ species }) => species));
	if (value)
		names.add(value);
	menu.replaceChildren(menu.options[0], ...[...names].sort().map((name) => element("option", {}, name)));
	menu.value = value;
}
