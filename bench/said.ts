/** A figure for a table; nothing where there is none. */
export const said = (value: number, digits = 2): string => (Number.isFinite(value) ? value.toFixed(digits) : '');
