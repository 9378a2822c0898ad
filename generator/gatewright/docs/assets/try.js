"use strict";
window.addEventListener("load", () => {
  window.ui = SwaggerUIBundle({
    spec: window.published,
    dom_id: "#swagger-ui",
    deepLinking: true,
    validatorUrl: null,
    tryItOutEnabled: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    syntaxHighlight: { activated: Object.keys(window.published.paths).length < 200 },
    presets: [SwaggerUIBundle.presets.apis],
  });
});
