/** The longest message that a server may send, in bytes. What is longer ends the connection. */
export const MESSAGE_BYTES = 8 * 1024 * 1024;

/** What becomes of a message that is too long, for the model. */
export const tooLong = `sent a message of more than ${MESSAGE_BYTES / 1024 / 1024} MiB, which is not read`;
