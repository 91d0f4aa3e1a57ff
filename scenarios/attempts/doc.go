// Package attempts holds no code but tests: a table of what nginx and HAProxy make of a request whose server is in
// trouble, by configuration, method and place on the client's connection, and two tests that hold the table to the
// truth.
//
//	table ─▶ configuration ─▶ importer ─▶ sim.Run ──────────▶ the same status, time and server?
//	     └─▶ configuration ─▶ nginx, haproxy, small servers ─▶ the same status, time and server?
//
// A third test asks the real HAProxy when its health checks mark a server down.
//
// The second and the third need the programs that the policies follow (Debian 12's nginx-light 1.22.1 and haproxy 2.6.12). Without
// them, or with other versions, they are skipped; with STICKYSIM_LIVE=1 they must be there.
//
// Floor 7.
package attempts
