/** Text for a person from the locale catalogue: a key and the values of its placeholders. */
export type Say = (key: string, values?: Readonly<Record<string, string | number>>) => string;
