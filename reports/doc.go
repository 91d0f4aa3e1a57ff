// Package reports renders finished studies: tables for a terminal or a pull request, JSON and CSV for programs, plots
// for people.
//
//	experiment.Result ── WriteTable, WriteMarkdown ── text, at most 100 columns
//	                  ── WriteJSON ⇄ ReadJSON ─────── result.json, complete: every other format can be made from it
//	                  ── WriteCSV, Write…CSV ──────── metrics, servers, time series, lost sessions
//	                  ── Figures, WritePlots ──────── SVG and PNG
//	                  ── WriteDir ─────────────────── all of it in one directory, complete files only
//
// Renderers are pure: the same result gives the same bytes. Nothing of the machine, the clock or the version goes into
// them; that is what meta.json is for. A number is printed to the digits that its interval supports, and as "n/a"
// where it is undefined: an undefined figure is never shown as zero.
//
// Decision: tables are made by tablewriter in tablewriter.go and plots by gonum/plot in gonumplot.go, and nowhere else,
// so that either can be replaced by editing one file.
//
// Floor 4: imports experiment, sim and sim/stats; never scenarios, policies or workloads.
package reports
