import "@fontsource-variable/inter/wght.css";
import "@mantine/core/styles.layer.css";
import "@mantine/notifications/styles.layer.css";
import "@/app/theme.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "@/app/App";

const root = document.getElementById("page");
if (root === null) throw new Error("The page has no place for itself.");
createRoot(root).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
