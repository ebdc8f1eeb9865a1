/** @param {unknown} event */
export const handler = async (event) => event
