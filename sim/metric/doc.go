// Package metric defines what the figures of a run mean: metrics, time series and figures per server. Each is registered
// once, by a package variable beside the code that computes it, with its name, unit, kind, direction, labels and
// definition. Everything else asks this registry: intervals and comparisons, tables, CSV, result.json, objectives, and
// `stickysim metrics`.
//
//	var sent = metric.Register(metric.Family{Name: "requests.sent", Kind: metric.Count, …})
//
// A Family is a metric without the values of its labels. An ID is one figure: a family, and a label such as
// {cause=crash} where the figure is a part of the whole.
//
// Floor 1.
package metric
