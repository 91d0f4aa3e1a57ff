package route

import (
	"strings"
	"testing"
)

// What HAProxy does after an outage of all servers but the backup: its stick table keeps clients on the backup until their
// entries expire. Under leastconn, connections that end make room.
func TestTracesOfHAProxy(t *testing.T) {
	for _, x := range []struct{ file, trace, servers string }{
		{"backup.cfg", `t_ms,op,req,key,cookie_in
0,admin,,set server radio/radio1 state maint,
0,admin,,set server radio/radio2 state maint,
10,req,1,10.1.1.1,
20,req,2,10.1.1.2,
1000,admin,,set server radio/radio1 state ready,
1000,admin,,set server radio/radio2 state ready,
2000,req,3,10.1.1.1,
30000,req,4,10.1.1.1,
80000,req,5,10.1.1.1,
100000,req,6,10.1.1.2,
100001,req,7,10.1.1.3,
`, "- - spare spare - - spare spare spare radio1 radio2"},
		{"leastconn.cfg", `t_ms,op,req,key
0,open,1,
1,open,2,
2,open,3,
3,open,4,
4,open,5,
5,open,6,
6,close,2,
7,close,5,
8,open,7,
9,open,8,
10,open,9,
`, "s1 s2 s3 s1 s2 s3 s2 s2 s2 s2 s1"},
	} {
		servers, _ := traced(t, x.file, x.trace)
		for i, s := range servers {
			if s == "" {
				servers[i] = "-"
			}
		}
		if got := strings.Join(servers, " "); got != x.servers {
			t.Errorf("%s: %s, want %s", x.file, got, x.servers)
		}
	}
}
