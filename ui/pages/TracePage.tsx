/** Its engineer replaces this file. */
export const TracePage = () => null
