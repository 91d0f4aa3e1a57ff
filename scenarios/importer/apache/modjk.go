package apache

import (
	"maps"
	"path"
	"slices"
	"strings"

	"stickysim/policies"
	policy "stickysim/policies/apache"
	"stickysim/scenarios/importer/internal/source"
	"stickysim/scenarios/importer/ir"
)

// jkUsed are the attributes of mod_jk's workers that a pool takes over.
var jkUsed = set(`type host port balance_workers sticky_session sticky_session_force method lbfactor activation
	disabled stopped redirect route jvm_route distance recover_time reference session_cookie session_path
	set_session_cookie reply_timeout socket_timeout socket_connect_timeout`)

// jkLost are the attributes that matter and are not carried over.
var jkLost = map[string]string{
	"domain":                     "workers of one domain stand in for each other before others do; here any worker does",
	"retries":                    "a request tries each further worker once",
	"lb_retries":                 "a request tries each further worker once",
	"retry_interval":             "a request is tried again at once",
	"error_escalation_time":      "a worker that cannot be reached is in error at once",
	"max_reply_timeouts":         "late answers put no worker into error",
	"recovery_options":           "requests that were sent to a worker are not sent to another one",
	"fail_on_status":             "only connect errors put a worker into error",
	"busy_limit":                 "the limit on requests in flight at a worker",
	"ping_mode":                  "probes on connections; here failed requests alone tell that a worker is gone",
	"ping_timeout":               "probes on connections; here failed requests alone tell that a worker is gone",
	"connect_timeout":            "probes on connections; here failed requests alone tell that a worker is gone",
	"prepost_timeout":            "probes on connections; here failed requests alone tell that a worker is gone",
	"connection_ping_interval":   "probes on connections; here failed requests alone tell that a worker is gone",
	"connection_pool_size":       "the limit on connections of one httpd process",
	"connection_acquire_timeout": "how long a request waits for a connection of its process",
}

// jkMethods translates mod_jk's methods of balancing by their first letter.
var jkMethods = map[string]string{"R": "byrequests", "S": "bysessions", "N": "bysessions", "T": "bytraffic", "B": "bybusyness"}

// jkPools makes a pool of each worker of type lb that requests can be sent to, and remarks on all settings of workers.
func (t *translation) jkPools() error {
	all := t.workers
	var balancers []*worker
	for _, w := range all.order {
		if kind, _ := all.get(w, "type"); kind.value == "lb" && (len(all.list) == 0 || slices.Contains(all.list, w.name)) {
			balancers = append(balancers, w)
		}
	}
	for _, w := range all.order {
		w.used = false
	}
	for _, w := range balancers {
		if err := t.jkPool(w); err != nil {
			return err
		}
	}
	for _, m := range t.mounts {
		t.jkMount(m)
	}
	for _, w := range all.order {
		if r, ok := w.settings["reference"]; ok && all.byName[strings.TrimPrefix(r.value, "worker.")] == nil {
			t.NotCarried(r, "%s: the files read have no worker of this name", r)
		}
		for _, attribute := range slices.Sorted(maps.Keys(w.settings)) {
			t.jkSetting(w, attribute, w.settings[attribute])
		}
	}
	return nil
}

// jkMount remarks on a line that sends requests to a worker.
func (t *translation) jkMount(d *directive) {
	name, rules, _ := strings.Cut(d.args[len(d.args)-1], ";")
	if rules != "" {
		t.NotCarried(d, "%s: %s holds for some requests only", d, source.Short(rules))
	}
	switch w := t.workers.byName[name]; {
	case w == nil:
		t.NotCarried(d, "%s: the files read have no worker of this name", d)
	case w.pool:
		t.Translated(d, "%s: to the pool %q", d, source.Short(name))
	default:
		t.Harmless(d, "%s: a single server, nothing to balance", d)
	}
}

// jkSetting remarks on a property.
func (t *translation) jkSetting(w *worker, attribute string, s setting) {
	switch why := jkLost[attribute]; {
	case t.Mentioned(s):
	case why != "":
		t.NotCarried(s, "%s: %s", s, why)
	case jkUsed[attribute] && w.used:
		t.Translated(s, "%s", s)
	case jkUsed[attribute]:
		t.Harmless(s, "%s: no pool depends on it", s)
	default:
		t.byTable(s, "worker."+attribute, s.String())
	}
}

// jkPool translates a worker of type lb.
func (t *translation) jkPool(w *worker) error {
	p := ir.Pool{
		Place: w.Place, Name: t.Names.Unique(w.name), Key: ir.KeySource{Kind: "none"},
		Balancers: ir.Balancers{Scope: "node"}, // the counters are in shared memory of all processes
	}
	t.workers.get(w, "type") // it was asked for
	sticky, on, err := t.jkSticky(w)
	if err != nil {
		return err
	}
	if on {
		p.Policy, p.Params, p.CookieName = "apache/stickysession", sticky, sticky.Name
		p.Key = ir.KeySource{Kind: "cookie", Name: sticky.Name, Text: sticky.Name}
	} else {
		p.Policy, p.Params = unbound(sticky.Method)
	}
	if err := t.jkServers(w, &p); err != nil {
		return err
	}
	if len(p.Servers) == 0 {
		t.NotCarried(w, "worker %s has no members in the files read", source.Short(w.name))
		return nil
	}
	w.pool = true
	t.Pools = append(t.Pools, p)
	t.Translated(w, "worker %s: pool with %d servers, policy %s", source.Short(w.name), len(p.Servers), p.Policy)
	return nil
}

// jkSticky translates how a worker of type lb binds sessions; on is false where it does not.
func (t *translation) jkSticky(w *worker) (c policy.StickySession, on bool, err error) {
	entry, _ := policies.Lookup("apache/stickysession")
	c = entry.Default.(policy.StickySession)
	c.Name, c.Path, c.Semicolon, c.SetCookie, c.Issued = "JSESSIONID", "jsessionid", true, false, true
	get := func(attribute string) string { s, _ := t.workers.get(w, attribute); return s.value }
	if m, ok := t.workers.get(w, "method"); ok {
		letter := strings.ToUpper(m.value[:min(1, len(m.value))])
		if c.Method = jkMethods[letter]; c.Method == "" {
			return c, false, m.Errorf("%s: must begin with one of R, S, N, T, B", m)
		}
		if letter == "N" {
			t.NotCarried(m, "%s: like S, but sessions that have ended count", m)
		} else if letter == "T" {
			t.Assumed(m, "%s: bytes are not simulated; every request counts as the same traffic", m)
		}
	}
	if name := get("session_cookie"); name != "" {
		c.Name = name
	}
	if path := strings.Trim(get("session_path"), ";="); path != "" {
		c.Path = path
	}
	is := func(attribute string) bool { s, _ := t.workers.get(w, attribute); return t.jkTrue(s) }
	c.NoFailover = is("sticky_session_force")
	if is("set_session_cookie") {
		c.SetCookie, c.Issued = true, false
	}
	on = is("sticky_session") || get("sticky_session") == ""
	if force, _ := t.workers.get(w, "sticky_session_force"); c.NoFailover && !on {
		t.Harmless(force, "%s: without effect, sticky_session is off", force)
	}
	if on && c.Issued {
		t.Assumed(w, "worker %s: the application is assumed to write the worker's route behind the session id, as Tomcat's jvmRoute does", source.Short(w.name))
	}
	return c, on, nil
}

// jkTrue reads a boolean of workers.properties. What begins otherwise is false to mod_jk.
func (t *translation) jkTrue(s setting) bool {
	value := strings.ToLower(s.value)
	yes := value != "" && strings.Contains("ty1", value[:1]) || value == "on"
	if value != "" && !yes && !strings.Contains("fn0", value[:1]) && value != "off" {
		t.NotCarried(s, "%s: must be true or false; it counts as false", s)
	}
	return yes
}

// unbound is the policy of a method without sessions.
func unbound(method string) (string, policies.Config) {
	switch method {
	case "bytraffic":
		return "apache/bytraffic", policy.ByTraffic{}
	case "bybusyness":
		return "apache/bybusyness", policy.ByBusyness{}
	}
	return "apache/byrequests", policy.ByRequests{}
}

// jk reads the directives of mod_jk that name workers.
func (t *translation) jk(d *directive) error {
	switch d.name {
	case "jkworkerproperty":
		t.Translated(d, "%s: a property of a worker", d)
		return t.property(d.Place, strings.Join(d.args, " "))
	case "jkmount":
		if len(d.args) == 0 || len(d.args) > 2 {
			return d.Errorf("JkMount takes a path and a worker, got %d words", len(d.args))
		}
		t.mounts = append(t.mounts, d)
		return nil
	}
	if len(d.args) != 1 {
		return d.Errorf("JkWorkersFile takes one file name, got %d words", len(d.args))
	}
	names := t.match(d)
	if len(names) == 0 {
		names = t.Glob(path.Join(path.Dir(d.File), path.Base(d.args[0])))
	}
	switch {
	case t.workers.read[path.Base(d.args[0])]:
		t.Translated(d, "%s: read already", d)
		return nil
	case len(names) == 0:
		t.NotCarried(d, "%s: no such file; its workers are not part of the import", d)
		return nil
	}
	t.Translated(d, "%s: %s is read", d, source.Short(path.Base(names[0])))
	return t.Include(d.Place, names[0], func(data []byte) error { return t.properties(names[0], data) })
}
