/** Vant makes the shade behind a sheet a nameless button; a person who does not point closes by Escape or the button. */
export const OVERLAY = { role: 'presentation', tabindex: -1, lockScroll: true }
