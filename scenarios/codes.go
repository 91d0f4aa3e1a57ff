package scenarios

import "stickysim/sim/diag"

// Kinds of warnings that the scenario alone gives, before it runs.
var (
	noEffect      = diag.Register(diag.Code{Name: "no-effect", Severity: diag.Caution, Doc: "Something in the scenario changes nothing, because something else rules it out."})
	ignored       = diag.Register(diag.Code{Name: "ignored", Severity: diag.Caution, Doc: "The policy of an alternative does not look at a setting of the servers."})
	neverSticky   = diag.Register(diag.Code{Name: "never-sticky", Severity: diag.Severe, Doc: "A sticky policy cannot tell the servers apart, so it is not sticky."})
	unfitFleet    = diag.Register(diag.Code{Name: "unfit-fleet", Severity: diag.Severe, Doc: "A product does not work with as many servers as the fleet has, with the parameters that its policy has."})
	unknownServer = diag.Register(diag.Code{Name: "unknown-server", Severity: diag.Severe, Doc: "A policy names a server that the fleet does not have."})
	overload      = diag.Register(diag.Code{Name: "overload", Severity: diag.Severe, Doc: "The populations offer more work than the fleet can do. Queues grow as long as the run lasts, so every figure depends on its length."})
	longRun       = diag.Register(diag.Code{Name: "long-run", Severity: diag.Note, Doc: "A replication has so many requests that it takes hours."})
	shortLog      = diag.Register(diag.Code{Name: "short-log", Severity: diag.Severe, Doc: "A log ends before the run does. The rest of the run has no requests of it, so rates and shares of time are too low."})
	badLines      = diag.Register(diag.Code{Name: "bad-lines", Severity: diag.Caution, Doc: "Some lines of a file could not be read. The others are used."})
	noAddresses   = diag.Register(diag.Code{Name: "no-addresses", Severity: diag.Caution, Doc: "No client of a log has an address. Addresses are made up of what stands in its place, so a policy that looks at them does not choose what the real one chose."})
	allDifferent  = diag.Register(diag.Code{Name: "all-different", Severity: diag.Caution, Doc: "Every request of a log comes from another client, so that nothing can be sticky. The fields that identify clients may be wrong."})
	oneAddress    = diag.Register(diag.Code{Name: "one-address", Severity: diag.Caution, Doc: "One address sends nearly all requests of a log, as where a proxy is in front of the server that wrote it. A policy that looks at addresses sends them to one server."})
	unreadFields  = diag.Register(diag.Code{Name: "unread-fields", Severity: diag.Caution, Doc: "Lines of a log go on behind the end of their format, or have a duration whose unit is not known. Service times and addresses may be there."})
	mixedFormats  = diag.Register(diag.Code{Name: "mixed-formats", Severity: diag.Caution, Doc: "A log has lines of two formats. Those of the second cannot be read."})
	unidentified  = diag.Register(diag.Code{Name: "unidentified", Severity: diag.Caution, Doc: "The fields that identify clients are empty on some lines of a log. There the address and the user agent do."})
	untimed       = diag.Register(diag.Code{Name: "untimed", Severity: diag.Caution, Doc: "Service times are to be taken from a log that does not have them for every request. The others are drawn."})
	shortReplay   = diag.Register(diag.Code{Name: "short-replay", Severity: diag.Caution, Doc: "A log has so few requests that its replay says little."})
	cutLog        = diag.Register(diag.Code{Name: "cut-log", Severity: diag.Caution, Doc: "A log could be read only in part."})
	tooLate       = diag.Register(diag.Code{Name: "too-late", Severity: diag.Severe, Doc: "An event of the timeline lies after the end of the run and never happens."})
	startsLight   = diag.Register(diag.Code{Name: "starts-light", Severity: diag.Caution, Doc: "So many sessions that are over would still be in memory that a run does not begin with their states: memory and what depends on it are too low until an idle timeout has passed."})
	startsEmpty   = diag.Register(diag.Code{Name: "starts-empty", Severity: diag.Caution, Doc: "A population cannot start in the middle of what it does in the long run, so it starts without clients, and the warm-up has to fill it."})
	tooLong       = diag.Register(diag.Code{Name: "too-long", Severity: diag.Caution, Doc: "An event of the timeline is not over when the run ends, so its consequences are counted in part."})
	contradictory = diag.Register(diag.Code{Name: "contradictory", Severity: diag.Caution, Doc: "Two settings of a population exclude each other in practice."})
	fewNames      = diag.Register(diag.Code{Name: "few-names", Severity: diag.Caution, Doc: "More servers can be added during the run than there are names for, and the policy places servers by their names or addresses."})
	noProxies     = diag.Register(diag.Code{Name: "no-proxies", Severity: diag.Note, Doc: "The scenario says whose address balancers see, and no population comes through proxies, so all see the client's own."})
	notJudged     = diag.Register(diag.Code{Name: "not-judged", Severity: diag.Caution, Doc: "An objective is about alternatives that are not run, because --policies leaves them out."})
	fleetOutside  = diag.Register(diag.Code{Name: "fleet-outside", Severity: diag.Caution, Doc: "The fleet starts with fewer or more servers than the autoscaler allows."})
)
