// The service, whose address is in config.json. Every failure is a ServiceError, in words for the visitor.
const PATIENCE = 20_000; // milliseconds until an answer that does not come is given up
const USUAL_WAIT = 5; // seconds, when a busy service does not say how long

// `retryAfter` is in seconds; none means that asking again would not help.
export class ServiceError extends Error {
	constructor(message, { status = 0, retryAfter = null } = {}) {
		super(message);
		this.status = status;
		this.retryAfter = retryAfter;
	}
}

let endpoint = null;

export async function listMysfits(filter, value, signal) {
	const query = filter ? "?" + new URLSearchParams({ filter, value }) : "";
	const { mysfits } = await get("/mysfits" + query, signal);
	if (!Array.isArray(mysfits))
		throw unreadable();
	return mysfits;
}

export function getMysfit(id, signal) {
	return get("/mysfits/" + encodeURIComponent(id), signal);
}

async function get(path, signal) {
	endpoint ??= await readEndpoint(signal);
	const reply = await send(endpoint + path, {}, signal);
	if (!reply.ok)
		throw await refusal(reply);
	return json(reply);
}

async function readEndpoint(signal) {
	const reply = await send("config.json", { cache: "no-cache" }, signal);
	const { mysfitsApiEndpoint } = reply.ok ? await json(reply) : {};
	if (typeof mysfitsApiEndpoint !== "string")
		throw new ServiceError("This copy of the book has no config.json that says where the creatures are kept.");
	return mysfitsApiEndpoint.replace(/\/+$/, "");
}

async function send(address, options, signal) {
	const patience = new AbortController();
	const late = setTimeout(() => patience.abort(), PATIENCE);
	const leave = () => patience.abort();
	signal?.addEventListener("abort", leave);
	try {
		return await fetch(address, { ...options, signal: patience.signal });
	} catch (error) {
		if (signal?.aborted)
			throw error;
		throw new ServiceError("The keeper of the creatures does not answer.", { retryAfter: USUAL_WAIT });
	} finally {
		clearTimeout(late);
		signal?.removeEventListener("abort", leave);
	}
}

async function refusal(reply) {
	const said = await reply.json().catch(() => ({}));
	const busy = reply.status >= 500;
	const retryAfter = busy ? Number(reply.headers.get("Retry-After")) || USUAL_WAIT : null;
	const message = typeof said?.message === "string" ? said.message : `The service answered ${reply.status}.`;
	return new ServiceError(message, { status: reply.status, retryAfter });
}

async function json(reply) {
	const value = await reply.json().catch(() => null);
	if (value === null || typeof value !== "object")
		throw unreadable();
	return value;
}

function unreadable() {
	return new ServiceError("The keeper of the creatures answered in a language that this page does not know.");
}
