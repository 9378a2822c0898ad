"use strict";
// Before anything is painted: the reader's choice of light or dark, if one was made.
try {
  const chosen = localStorage.getItem("gatewright-theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch { /* no storage: the system's choice stands */ }
