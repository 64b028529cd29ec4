/** Light or dark: as the system has it, live, or as the reader chose. */

import { computed, effect, signal } from "@preact/signals";

/** @typedef {"system" | "light" | "dark"} Choice */

const STORED = "bakeoff-theme";
const system = matchMedia("(prefers-color-scheme: dark)");
const systemIsDark = signal(system.matches);

/** What the reader chose. */
export const choice = signal(/** @type {Choice} */ (localStorage.getItem(STORED) ?? "system"));

/** What is shown. Components that draw with colours of their own read it, and so draw again when it changes. */
export const theme = computed(() => {
  if (choice.value !== "system") return choice.value;
  return systemIsDark.value ? "dark" : "light";
});

/** Show the theme, from now on. */
export function startTheme() {
  system.addEventListener("change", (event) => (systemIsDark.value = event.matches));
  effect(() => {
    document.documentElement.dataset.theme = theme.value;
  });
}

/** @param {Choice} chosen */
export function chooseTheme(chosen) {
  choice.value = chosen;
  localStorage.setItem(STORED, chosen);
}
