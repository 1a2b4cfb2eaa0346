// What is said when there is nothing to show: a notice, and one that tries again by itself.
import { element } from "./dom.js";

const LONGEST = 60; // seconds between two tries
const PICTURE = "images/trouble.svg";

// Fetched while there is no trouble: where the pages come from may be in the same.
const picture = new Image();
picture.src = PICTURE;

export function notice({ image, title, text, actions = [], alert = false }) {
	return element("div", { class: "notice" },
		element("img", { src: image, alt: "", width: 320, height: 224 }),
		element("div", { role: alert ? "alert" : null }, element("h3", {}, title), element("p", {}, text)),
		...actions);
}

// Shows an error in `place` and calls `again` on a click, or by itself when the error says that waiting helps.
export class Trouble {
	constructor(place, again) {
		this.place = place;
		this.again = again;
		this.tries = 0;
	}

	show(error) {
		this.stopWaiting();
		if (this.said !== error.message || !this.place.contains(this.panel))
			this.build(error.message);
		this.button.setAttribute("aria-disabled", "false");
		this.tries += 1;
		this.later.textContent = "";
		if (error.retryAfter)
			this.wait(Math.min(error.retryAfter * (error.status ? 1 : 2 ** (this.tries - 1)), LONGEST));
	}

	// A panel that is there already stays, and with it the focus.
	build(message) {
		this.said = message;
		this.later = element("p", { class: "later" });
		this.button = element("button", { class: "button", type: "button", onclick: () => this.retry() }, "Try again");
		this.panel = notice({
			image: PICTURE, title: "The post is late", text: message, actions: [this.button, this.later], alert: true,
		});
		this.place.replaceChildren(this.panel);
		this.panel.scrollIntoView({ block: "nearest" });
	}

	wait(seconds) {
		let left = Math.ceil(seconds);
		const tell = () => { this.later.textContent = `Trying again by itself in ${left} s.`; };
		tell();
		this.clock = setInterval(() => {
			left -= 1;
			if (left > 0)
				tell();
			else
				this.retry();
		}, 1000);
	}

	retry() {
		if (this.button.getAttribute("aria-disabled") === "true")
			return;
		this.stopWaiting();
		this.button.setAttribute("aria-disabled", "true");
		this.later.textContent = "Asking again\u2026";
		this.again();
	}

	stopWaiting() {
		clearInterval(this.clock);
	}

	// True when the focus was here, and has to go somewhere now.
	clear() {
		const hadFocus = Boolean(this.panel?.contains(document.activeElement));
		this.stopWaiting();
		this.tries = 0;
		this.panel?.remove();
		this.panel = null;
		return hadFocus;
	}

	get shown() {
		return Boolean(this.panel?.isConnected);
	}
}
