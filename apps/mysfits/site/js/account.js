// Who likes and adopts has to be somebody. Nobody can sign in yet, and so far that is what there is to say.
export function whyNot(deed, name) {
	if (deed === "like")
		return `To like ${name} you would have to sign in, so that everybody has one like to give. ` +
			"This site cannot do that yet; it will learn to. Until then, a kind thought does no harm.";
	return `Adopting ${name} takes a signature, and a signature takes signing in, which this site cannot do yet. ` +
		`It will learn to. Nothing was sent, and ${name} is in no hurry.`;
}
