/** Its engineer replaces this file. */
export const SessionPage = () => null
