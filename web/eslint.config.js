import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["node_modules/", "src/api/generated.ts", "scripts/", "public/", "eslint.config.js"] },
  js.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    extends: [...ts.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // Handlers of events may be asynchronous; what fails there is told by the mutation's state.
      "@typescript-eslint/no-misused-promises": ["error", { checksVoidReturn: { attributes: false } }],
      "no-empty-pattern": ["error", { allowObjectPatternsAsParameters: true }],
      "@typescript-eslint/no-confusing-void-expression": ["error", { ignoreArrowShorthand: true }],
    },
  },
  {
    files: ["src/**/*.{ts,tsx}"],
    extends: [hooks.configs.flat["recommended-latest"]],
    rules: { "react-hooks/incompatible-library": "off" }, // it is for a compiler that we do not use
  },
  {
    // Each folder of features is its own: what two of them need moves down.
    files: ["src/features/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ regex: "^(\\.\\./\\.\\./|@/features/)", message: "Features do not import each other." }] },
      ],
    },
  },
  {
    // Layers point down: features > app > charts, tables > live, api > format.
    files: ["src/{charts,tables,live,api,format}/**"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ regex: "^@/(features|app)/", message: "Imports point down." }] },
      ],
    },
  },
);
