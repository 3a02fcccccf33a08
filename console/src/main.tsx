// Puts the console into its page.
import { createRoot } from "react-dom/client";
import { Console } from "./Console";
import "./page.css";

const place = document.getElementById("console");
if (place) {
  createRoot(place).render(<Console />);
}
