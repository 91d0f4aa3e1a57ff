// Package resultjson writes results as JSON and reads them back: result.json, from which every report can be made again.
//
//	experiment.Result ── Write ─▶ result.json ── Read ─▶ the same result
//
// What is read renders the same bytes as what was written. Write is pure: nothing of the machine, the clock or the
// version goes into the file.
//
// Floor 4.
package resultjson
