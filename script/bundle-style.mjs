// Inlines the imports of one style sheet, lowers what the browsers of package.json lack, and writes it small:
//   node script/bundle-style.mjs style/main.css target/site/pkg/polity.css
import { writeFileSync } from "node:fs";
import browserslist from "browserslist";
import { browserslistToTargets, bundle } from "lightningcss";

const [from, to] = process.argv.slice(2);

try {
  const { code, warnings } = bundle({ filename: from, minify: true, targets: browserslistToTargets(browserslist()) });
  for (const { message, loc } of warnings) console.error(`${loc.filename}:${loc.line}:${loc.column} ${message}`);
  writeFileSync(to, code);
} catch (error) {
  console.error(`${error.fileName ?? from}:${error.loc?.line ?? 1}:${error.loc?.column ?? 1} ${error.message}`);
  process.exit(1);
}
