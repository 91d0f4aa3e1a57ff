// Loads a scenario with js-yaml and dumps it in two layouts: node rewrite.mjs FILE BLOCK FLOW
import { readFileSync, writeFileSync } from "node:fs";
import yaml from "js-yaml";

const [from, block, flow] = process.argv.slice(2);
const value = yaml.load(readFileSync(from, "utf8"));
writeFileSync(block, yaml.dump(value, { sortKeys: true, forceQuotes: true }));
writeFileSync(flow, yaml.dump(value, { flowLevel: 1, lineWidth: -1 }));
