// What a page owes to those who do not see it, or do not see it well: found in the page itself. Each answers with
// a list of what is wrong.

// Text and controls against what is behind them, by the ratios of WCAG 2.2 AA.
export function contrastProblems(page) {
	return page.evaluate(() => {
		const parse = (color) => {
			const parts = /rgba?\(([^)]+)\)/.exec(color)[1].split(/[ ,/]+/).map(Number);
			return { rgb: parts.slice(0, 3), alpha: parts[3] ?? 1 };
		};
		const over = (top, alpha, under) => top.map((c, at) => c * alpha + under[at] * (1 - alpha));
		const behind = (node) => {
			const layers = [];
			for (let at = node; at; at = at.tagName === "DIALOG" ? null : at.parentElement)
				layers.push(parse(getComputedStyle(at).backgroundColor));
			const page = parse(getComputedStyle(document.body).backgroundColor).rgb;
			return layers.reverse().reduce((under, { rgb, alpha }) => over(rgb, alpha, under), page);
		};
		const luminance = (rgb) => {
			const [r, g, b] = rgb.map((c) => c / 255).map((c) => (c <= .04045 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4));
			return .2126 * r + .7152 * g + .0722 * b;
		};
		const ratio = (a, b) => {
			const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
			return (high + .05) / (low + .05);
		};
		const problems = [];
		const check = (node, what, color, ground, least) => {
			const { rgb, alpha } = parse(color);
			const got = ratio(over(rgb, alpha, ground), ground);
			if (got < least)
				problems.push(`${what} of ${node.tagName} "${node.textContent.trim().slice(0, 30)}": ${got.toFixed(2)}, not ${least}`);
		};
		for (const node of document.querySelectorAll("body *")) {
			const style = getComputedStyle(node);
			const written = [...node.childNodes].some((child) => child.nodeType === Node.TEXT_NODE && child.data.trim());
			if (!node.checkVisibility({ opacityProperty: true, visibilityProperty: true }) || node.closest("svg"))
				continue;
			const size = parseFloat(style.fontSize);
			const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
			if (written || node.tagName === "SELECT")
				check(node, "text", style.color, behind(node), large ? 3 : 4.5);
			if (["SELECT", "BUTTON"].includes(node.tagName))
				check(node, "border", style.borderTopColor, behind(node.parentElement), 3);
		}
		return problems;
	});
}

export function markupProblems(page) {
	return page.evaluate(() => {
		const problems = [];
		const expect = (fine, problem) => fine || problems.push(problem);
		const all = (selector) => [...document.querySelectorAll(selector)].filter((node) => node.checkVisibility());
		const named = (node) => (node.getAttribute("aria-label") ?? node.textContent).trim() !== "" ||
			[...node.querySelectorAll("img")].some((image) => image.alt);
		expect(document.documentElement.lang, "the page does not say its language");
		expect(document.title.trim(), "the page has no title");
		expect(all("h1").length === 1, "there is not one h1");
		for (const landmark of ["header", "main", "search", "footer"])
			expect(document.querySelector(landmark), `there is no ${landmark}`);
		for (const image of all("img")) {
			expect(image.hasAttribute("alt"), `no alt: ${image.src}`);
			expect(image.complete && image.naturalWidth > 0, `not loaded: ${image.src}`);
		}
		for (const control of all("select, input, textarea"))
			expect(control.labels.length === 1 && named(control.labels[0]), `no label: ${control.outerHTML.slice(0, 60)}`);
		for (const control of all("button, a"))
			expect(named(control), `no name: ${control.outerHTML.slice(0, 60)}`);
		for (const node of all("[aria-labelledby]"))
			expect(document.getElementById(node.getAttribute("aria-labelledby")), `no such label: ${node.outerHTML.slice(0, 60)}`);
		const ids = [...document.querySelectorAll("[id]")].map((node) => node.id);
		expect(new Set(ids).size === ids.length, "an id is there twice");
		const levels = all("h1, h2, h3, h4").map((node) => Number(node.tagName[1]));
		levels.forEach((level, at) => expect(at === 0 || level <= levels[at - 1] + 1, `h${level} after h${levels[at - 1]}`));
		for (const node of all("[role=status], [role=alert], [aria-live]"))
			expect(!node.querySelector("button, a, select"), "a live region has controls in it");
		for (const node of all("[tabindex]"))
			expect(node.tabIndex <= 0, "a tabindex changes the order");
		return problems;
	});
}

// Fingers need 24 pixels at least, and what they press should not hide.
export function targetProblems(page) {
	return page.evaluate(() => [...document.querySelectorAll("button, select, a")]
		.filter((node) => node.checkVisibility())
		.map((node) => ({ node, box: node.getBoundingClientRect() }))
		.filter(({ box }) => box.width < 24 || box.height < 24)
		.map(({ node, box }) => `${node.outerHTML.slice(0, 60)} is ${box.width} by ${box.height}`));
}
