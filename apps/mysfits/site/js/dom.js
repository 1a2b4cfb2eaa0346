// Elements, without a framework: element("p", { class: "x", onclick: f }, "text", another).
export function element(tag, attributes = {}, ...children) {
	const made = document.createElement(tag);
	for (const [name, value] of Object.entries(attributes)) {
		if (typeof value === "function")
			made[name] = value;
		else if (value !== null && value !== undefined && value !== false)
			made.setAttribute(name, value === true ? "" : value);
	}
	made.append(...children.filter((child) => child !== null && child !== undefined));
	return made;
}

export function find(id) {
	return document.getElementById(id);
}
