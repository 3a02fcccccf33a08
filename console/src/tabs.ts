// GraphiQL's row of tabs as assistive technology reads it: a tab that holds a button to close it is none (ARIA 1.2).
import { useEffect } from "react";

const ROLES: [string, string][] = [
  [".graphiql-tabs", "list"],
  [".graphiql-tab", "listitem"],
];

/** Let the row be a list of buttons, of which one is the current. */
export function useListOfTabs(): void {
  useEffect(() => {
    const place = document.getElementById("console");
    const observer = new MutationObserver(mend);
    mend();
    if (place) {
      observer.observe(place, { subtree: true, childList: true, attributeFilter: ["aria-selected"] });
    }
    return () => observer.disconnect();
  }, []);
}

function mend(): void {
  for (const [places, role] of ROLES) {
    for (const element of document.querySelectorAll(places)) {
      element.setAttribute("role", role);
    }
  }
  for (const tab of document.querySelectorAll(".graphiql-tab[aria-selected]")) {
    tab.querySelector(".graphiql-tab-button")?.setAttribute("aria-current", tab.getAttribute("aria-selected") ?? "false");
    tab.removeAttribute("aria-selected");
  }
}
