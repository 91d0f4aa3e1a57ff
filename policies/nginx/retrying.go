package nginx

// Retrying holds the parameters that every nginx policy shares: what happens to a request whose server cannot be
// reached.
type Retrying struct {
	NextUpstream bool `yaml:"next_upstream" doc:"try another server when one cannot be reached (proxy_next_upstream)"`
	Tries        int  `yaml:"next_upstream_tries" check:"min=0" doc:"most attempts of a request; 0 = one per server"`
}

// DefaultRetrying returns nginx's own default: each server is tried once.
func DefaultRetrying() Retrying { return Retrying{NextUpstream: true} }
