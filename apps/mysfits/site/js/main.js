// The address says what is shown. Whatever the visitor does changes the address first, and then the page.
import { addressOf, go, readAddress } from "./address.js";
import { find } from "./dom.js";
import { onChoice, showChoice } from "./filters.js";
import { cardOf, show } from "./grid.js";
import { closeProfile, onClose, openProfile } from "./profile.js";

let shownFilters = null;

function follow() {
	const { filters, mysfit } = readAddress();
	const key = JSON.stringify(filters);
	if (key !== shownFilters) {
		shownFilters = key;
		showChoice(filters);
		find("all").hidden = Object.keys(filters).length === 0;
		show(filters, open);
	}
	if (mysfit)
		openProfile(mysfit);
	else
		closeProfile();
}

function open(mysfit) {
	go({ filters: readAddress().filters, mysfit }, { fromGrid: true });
	follow();
}

function choose(filters) {
	go({ filters });
	follow();
}

// A page that was opened here is left by going back, and leaves no trace; one that was linked to, by going on.
function leave(mysfit) {
	const address = readAddress();
	if (address.mysfit) {
		if (history.state?.fromGrid)
			history.back();
		else
			history.replaceState(null, "", addressOf({ filters: address.filters }));
	}
	(cardOf(mysfit) ?? find("creatures")).focus();
}

// Without a trace in the address: going back to one would take the focus along.
function skip(event) {
	event.preventDefault();
	find("creatures").focus();
}

onChoice(choose);
onClose(leave);
find("all").addEventListener("click", () => {
	choose({});
	find("creatures").focus();
});
find("skip").addEventListener("click", skip);
addEventListener("popstate", follow);
follow();
