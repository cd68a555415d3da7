/** Keyboards are labelled differently; Apple's own fonts have the sign, and few others. */
export const MOD_KEY = /Mac|iPhone|iPad/.test(navigator.userAgent) ? '⌘' : 'Ctrl '
