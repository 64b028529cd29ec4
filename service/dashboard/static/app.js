/** The start of the dashboard: the theme first, so that nothing flashes, then the page of the address. */

import { render } from "preact";

import { html } from "./components/html.js";
import { startRouter } from "./router.js";
import { refuseDrops } from "./shell/drops.js";
import { closeMenus } from "./shell/menus.js";
import { Shell } from "./shell/shell.js";
import { startTheme } from "./state/theme.js";

startTheme();
startRouter();
refuseDrops();
closeMenus();
const root = /** @type {HTMLElement} */ (document.getElementById("app"));
root.replaceChildren();
render(html`<${Shell} />`, root);
