// Reads Parquet files with hyparquet and holds each cell against the CSV file of the same name: node parquet.mjs FILE.parquet...
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { asyncBufferFromFile, parquetReadObjects } from "hyparquet";

const compressors = { GZIP: (input) => new Uint8Array(gunzipSync(input)) };

// cells splits a line of CSV.
const cells = (line) => [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map((m) => m[1]?.replaceAll('""', '"') ?? m[2]);

for (const name of process.argv.slice(2)) {
  const rows = await parquetReadObjects({ file: await asyncBufferFromFile(name), compressors });
  const [head, ...lines] = readFileSync(name.replace(/parquet$/, "csv"), "utf8").trimEnd().split("\n").map(cells);
  const differ = rows.length !== lines.length || rows.some((row, i) => {
    const same = head.every((column, k) => {
      const value = row[column];
      if (value === null || value === undefined) return lines[i][k] === "";
      return typeof value === "string" ? value === lines[i][k] : Number(value) === Number(lines[i][k]);
    });
    if (!same) console.log(`${name}: row ${i} is`, row, "and in CSV", lines[i]);
    return !same;
  });
  if (differ || rows.length === 0) {
    console.log(`${name}: ${rows.length} rows, which differ from the ${lines.length} of CSV`);
    process.exit(1);
  }
  console.log(`${name}: ${rows.length} rows as in CSV`);
}
