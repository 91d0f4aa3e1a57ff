// Package route answers which server each key gets, without simulating: the core of `stickysim route`. It takes a pool
// of an imported configuration, or any policy with servers, changes the set as asked, and streams keys through it.
//
//	keys ─ Records ─▶ Router ─────────▶ key,server
//	                  Router as before ▶ before,moved,needless   (Options.Compare)
//
// Requests are taken in order, so policies with state answer as the product would. A million keys take a second or
// two; nothing is allocated per key.
//
// Floor 8.
package route
