// Package keys knows what the texts are that balancers hash or look up: a template of parts, each of them the client's
// address, a value that every client has for itself, a literal, or something new with each request.
//
// A balancer sees up to three addresses of a client, and configurations name all of them:
//
//	seen       what the balancer takes for the client's address, after its rules about trusted proxies
//	peer       the other end of the connection: the client, or a proxy in front
//	forwarded  what a proxy in front wrote into a header such as X-Forwarded-For
//
// Floor 3.
package keys
