// Reads scenarios with js-yaml and holds them against the schema with ajv: node validate.mjs SCHEMA FILE...
import { readFileSync } from "node:fs";
import Ajv from "ajv/dist/2020.js";
import yaml from "js-yaml";

const [schema, ...files] = process.argv.slice(2);
const valid = new Ajv.default({ allErrors: true, strict: false }).compile(JSON.parse(readFileSync(schema, "utf8")));
let failed = 0;
for (const file of files) {
  if (valid(yaml.load(readFileSync(file, "utf8")))) continue;
  failed++;
  for (const e of valid.errors) console.log(`${file}: ${e.instancePath} ${e.message} ${JSON.stringify(e.params)}`);
}
console.log(`${files.length - failed} of ${files.length} scenarios meet the schema`);
process.exit(failed > 0 || files.length === 0 ? 1 : 0);
