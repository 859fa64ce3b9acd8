/** From generation 3 on: calls have ids and signatures, and functions may stand beside the provider's own tools. */
export const isGeneration3 = (model: string) => !/gemini-[12]/.test(model);
