import "./mantine.css";
import "@/app/theme.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Report } from "./Report";

const root = document.getElementById("page");
if (root === null) throw new Error("The report has no place for itself.");
createRoot(root).render(
  <StrictMode>
    <Report />
  </StrictMode>,
);
