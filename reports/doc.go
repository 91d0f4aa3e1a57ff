// Package reports renders finished studies: tables for a terminal or a pull request, CSV for programs, figures for people.
//
//	experiment.Result ── Formats ─ table ────────── one screen that answers the question, and sections on demand
//	                  │           ├ markdown ─────── all sections, at most 100 columns
//	                  │           ├ csv ──────────── one line per alternative and metric
//	                  │           └ json ─────────── by sim/experiment/resultjson: complete, can be read again
//	                  ├─ Write…CSV ───────────────── servers, time series, lost sessions
//	                  └─ Figures ─────────────────── what plots show; reports/plot draws them as SVG and PNG
//
// A format is one file that calls [Register]; --format, its help and its completion ask [Formats]. reports/outdir writes
// a directory of all of it.
//
// Renderers are pure: the same result gives the same bytes. Nothing of the machine, the clock or the version goes into
// them. A number is printed to the digits that its interval supports, and as "n/a" where it is undefined: an undefined
// figure is never shown as zero.
//
// Decision: tables are made by tablewriter in tablewriter.go, and figures are drawn on a [Canvas], which gonum/plot
// implements in reports/plot, so that either library can be replaced by editing one file.
//
// Floor 5.
package reports
